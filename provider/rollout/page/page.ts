import { count, markup, type Markup, type Part } from "../../report/preview/html/markup.js";
import { page } from "../../report/preview/html/page.js";
import { folded, muted, named, row, table, tag } from "../../report/preview/html/parts.js";
import type { TenantSpec } from "../plan.js";
import { stateAfter, type RolloutRecord, type RolloutState, type TenantPhase } from "../records.js";
import { momentWords, PHASE_TAGS, reasonWords, recordWords, took } from "./words.js";

/** Names for the ids of the records; a plan has them. */
export interface PageNames {
  readonly tenants: readonly Pick<TenantSpec, "id" | "name" | "stack">[];
}

interface Wave {
  readonly name: string;
  readonly tenants: readonly string[];
}

/**
 * A rollout as one page that needs nothing else: where it stands, its waves, its tenants with reasons, and everything that
 * happened. The same records give the same bytes. Every text is escaped.
 *
 * @example
 * writeFileSync("rollout.html", rolloutPage(plan, journal.records));
 */
export function rolloutPage(plan: PageNames, records: readonly RolloutRecord[]): string {
  const state = stateAfter(records);
  const [begun] = records;
  const waves = begun?.kind === "begun" ? begun.waves : [];
  const tenants = new Map(plan.tenants.map((tenant) => [tenant.id, tenant]));
  const nameOf = (id: string) => tenants.get(id)?.name ?? id;
  const title = `Rollout ${state.rollout ?? ""}`.trim();
  const parts: readonly [id: string, title: string, content: Markup][] = [
    ["waves", "Waves", waveTable(waves, state)],
    ...waves.map((wave, index): [string, string, Markup] => [
      `w${index + 1}`,
      `Tenants of ${wave.name}`,
      tenantTable(wave, state, records, (id) => tenants.get(id)),
    ]),
    ["timeline", "What happened", timeline(records, nameOf)],
  ];
  const body = markup`<a class="skip" href="#rollout">Skip to the rollout</a>
<header>
<h1>${title}</h1>
${verdict(state, records)}</header>
<div class="layout">
<nav aria-labelledby="contents">
<h2 id="contents">Contents</h2>
<ul>
${parts.map(([id, words]) => markup`<li><a href="#${id}">${words}</a></li>\n`)}</ul>
</nav>
<main id="rollout" tabindex="-1">
${parts.map(
  ([id, words, content]) => markup`<section class="part">
<h2 id="${id}">${words}</h2>
${content}</section>
`,
)}</main>
</div>
<footer><p>Made from the journal of the rollout; times are UTC.</p></footer>
`;
  return page({ title, body });
}

/** Names of classes of the report's style, for what is good, bad or open. */
function verdict(state: RolloutState, records: readonly RolloutRecord[]): Markup {
  const phases = [...state.tenants.values()].map(({ phase }) => phase);
  const number = (...wanted: TenantPhase[]) => phases.filter((phase) => wanted.includes(phase)).length;
  const [bad, held] = [number("failed", "notRestored"), number("heldBack")];
  const figures: [number, string][] = [
    [number("verified"), "verified"],
    [number("skipped"), "skipped"],
    [held, "held back"],
    [bad, "failed"],
    [number("restored"), "restored"],
    [number("waiting", "previewed", "applying", "applied"), "waiting"],
  ];
  const words = figures.filter(([value]) => value > 0).map(([value, what]) => `${value} ${what}`);
  const [level, name] = ending(state, bad + held);
  const [first, last] = [records[0], records.at(-1)];
  return markup`<div class="verdict level-${level}">
<span class="level">${name}</span>
<p>${count(phases.length, "tenant")}: ${words.length === 0 ? "none" : words.join(", ")}.</p>
${state.ended?.how === "stopped" ? markup`<p>It stopped because ${state.ended.reason}.</p>\n` : undefined}${
    state.ended?.how === "aborted" ? markup`<p>It was ${state.ended.reason}.</p>\n` : undefined
  }${
    first && last
      ? markup`<p class="id">From ${momentWords(first.at)} to ${momentWords(last.at)} (${took(first.at, last.at)}), plan ${state.plan}</p>\n`
      : undefined
  }</div>
`;
}

function ending({ ended }: RolloutState, bad: number): [level: string, name: string] {
  if (ended === undefined) return ["change", "Not finished"];
  if (ended.how === "stopped") return ["exposure", "Stopped"];
  if (ended.how === "aborted") return ["error", "Aborted"];
  return bad > 0 ? ["exposure", "Done, not everywhere"] : ["nothing", "Done"];
}

function waveTable(waves: readonly Wave[], state: RolloutState): Markup {
  return table({
    caption: "Waves in the order in which they are rolled out",
    label: "waves",
    head: ["Wave", "Tenants", "Well", "Not well", "Open", "Gate"],
    rows: waves.map(({ name, tenants }) => {
      const phases = tenants.map((id) => state.tenants.get(id)!.phase);
      const number = (...wanted: TenantPhase[]) => phases.filter((phase) => wanted.includes(phase)).length;
      const [well, bad] = [number("verified", "skipped", "restored"), number("failed", "heldBack", "notRestored")];
      return row(named(name), [tenants.length, well, bad, tenants.length - well - bad, gate(name, state)]);
    }),
    kind: "numbers",
  });
}

function gate(name: string, { waves }: RolloutState): Part {
  const { begun, done, healthy, soakUntil, approvalUntil, approvedBy } = waves.get(name)!;
  if (!begun) return muted("not begun");
  const told = [
    ...(healthy ? ["health check passed"] : []),
    ...(soakUntil === undefined ? [] : [`soaks until ${momentWords(soakUntil)}`]),
    ...(approvedBy !== undefined
      ? [`approved by ${approvedBy}`]
      : approvalUntil === undefined
        ? []
        : [`approval asked until ${momentWords(approvalUntil)}`]),
  ];
  return [done ? tag("done", "added") : tag("open", "unknown"), " ", told.length === 0 ? undefined : lines(told)];
}

function tenantTable(
  { name, tenants }: Wave,
  state: RolloutState,
  records: readonly RolloutRecord[],
  find: (id: string) => PageNames["tenants"][number] | undefined,
): Markup {
  const times = new Map<string, { first: string; last: string }>();
  for (const record of records) {
    if (!("tenant" in record)) continue;
    times.set(record.tenant, { first: times.get(record.tenant)?.first ?? record.at, last: record.at });
  }
  return table({
    caption: [named(name), `: ${count(tenants.length, "tenant")}`],
    label: "tenants",
    head: ["Tenant", "Phase", "Why, and what was previewed", "From, and how long"],
    rows: tenants.map((id) => {
      const progress = state.tenants.get(id)!;
      const [words, kind] = PHASE_TAGS[progress.phase];
      const time = times.get(id);
      const reasons = reasonWords(progress);
      return row(tenantName(id, find(id)), [
        [tag(words, kind), progress.attempts > 1 ? [" ", count(progress.attempts, "attempt")] : undefined],
        reasons.length === 0 ? muted("nothing to say") : lines(reasons),
        time === undefined ? muted("not yet") : lines([momentWords(time.first), took(time.first, time.last)]),
      ]);
    }),
  });
}

const lines = (all: readonly string[]) =>
  markup`<ul class="lines">${all.map((line) => markup`<li>${line}</li>\n`)}</ul>`;

/** Ids are long, and seldom wanted. */
function tenantName(id: string, tenant: PageNames["tenants"][number] | undefined): Part {
  if (tenant === undefined) return named(id);
  const more = markup`<p class="id">${named(tenant.stack)}<br><code>${id}</code></p>\n`;
  return [named(tenant.name), tenant.name === id ? undefined : folded("Stack and id", more)];
}

function timeline(records: readonly RolloutRecord[], nameOf: (id: string) => string): Markup {
  return table({
    caption: "Every record of the journal, in order",
    label: "what happened",
    head: ["Time", "Tenant or wave", "What happened"],
    rows: records.map((record) => {
      const about =
        "tenant" in record ? named(nameOf(record.tenant)) : "wave" in record ? named(record.wave) : muted("all");
      return row(momentWords(record.at), [about, recordWords(record)]);
    }),
  });
}
