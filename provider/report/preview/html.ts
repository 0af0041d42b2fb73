import { groupChanges, changes } from "./html/changes.js";
import { checks, drift, failures, others, unread, warnings } from "./html/facts.js";
import { count, markup, number } from "./html/markup.js";
import type { Markup, Part } from "./html/markup.js";
import { matrix } from "./html/matrix.js";
import { page } from "./html/page.js";
import { named } from "./html/parts.js";
import { affectedPeople, exposures, losses, shares } from "./html/people.js";
import { plans, size } from "./html/plans.js";
import { SCRIPT } from "./html/script.js";
import { LEVELS, modeWords, sourceWords } from "./html/words.js";
import type { PreviewReport, TenantReport, Verdict } from "./model.js";

/** So many affected people are in a page at most, of all tenants together. */
export const PEOPLE_IN_PAGE = 2_000;

/**
 * A report as one page that needs nothing else: no request leaves it, and it is complete without scripts. The same report
 * gives the same bytes. Every text of the report is escaped, and characters that hide or reorder text are spelt out.
 *
 * @example
 * writeFileSync("report.html", htmlReport(report));
 */
export function htmlReport(report: PreviewReport): string {
  const { verdict, tenants } = report;
  const share = shares(tenants, PEOPLE_IN_PAGE);
  const parts = tenants.map((tenant, index) => tenantParts(tenant, `t${index + 1}`, share[index]!));
  const failed = report.failures.length > 0;
  const body = markup`<a class="skip" href="#report">Skip to the report</a>
<header>
<h1>What this change does to the passkey policy</h1>
${verdictPanel(verdict, true)}</header>
<div class="layout">
${contents(tenants, parts, failed)}<main id="report" tabindex="-1">
${failed ? part({ id: "failures", title: "Previews that failed", content: failures(report.failures) }, 2) : undefined}${
    tenants.length === 0 ? markup`<p>No tenant is changed by what was previewed.</p>\n` : undefined
  }${tenants.map((tenant, index) => tenantSection(tenant, parts[index]!, `t${index + 1}`, verdict))}</main>
</div>
<footer><p>Made from a preview; nothing was written. Report version ${report.version}.</p></footer>
`;
  return page({ title: `${LEVELS[verdict.level]}: passkey policy report`, body, script: SCRIPT });
}

function verdictPanel({ level, code, sentence }: Verdict, whole: boolean): Markup {
  return markup`<div class="verdict level-${level}">
<span class="level">${LEVELS[level]}</span>
<p>${sentence}</p>
${whole ? markup`<p class="id">Exit code ${code}</p>\n` : undefined}</div>
`;
}

interface ReportPart {
  readonly id: string;
  readonly title: string;
  /** How many entries there are, for the contents. */
  readonly entries?: number | undefined;
  readonly content: Markup;
}

function part({ id, title, content }: ReportPart, level: 2 | 3): Markup {
  const heading = level === 2 ? markup`<h2 id="${id}">${title}</h2>` : markup`<h3 id="${id}">${title}</h3>`;
  return markup`<section class="part">
${heading}
${content}</section>
`;
}

/** What there is to say of a tenant, in order. What is empty is left out, unless that is worth knowing. */
function tenantParts(tenant: TenantReport, id: string, people: number): ReportPart[] {
  const changed = tenant.personas.filter(({ change }) => change !== "unchanged").length + tenant.general.length;
  const parts: [slug: string, title: string, content: Markup | undefined, entries?: number][] = [
    ["changes", "What changes", changes(tenant), changed],
    ["groups", "Groups", groupChanges(tenant.groups), tenant.groups.length],
    ["people", "Who loses what", losses(tenant)],
    ["exposure", "What becomes acceptable", exposures(tenant.exposure), tenant.exposure.length],
    ["steps", "What pulumi up runs", plans(tenant.plans), tenant.plans.length],
    ["size", "Size and profiles", size(tenant.size)],
    ["drift", "Drift", drift(tenant.drift), tenant.drift.length],
    ["warnings", "Warnings", warnings(tenant.warnings), tenant.warnings.length],
    ["checks", "EIDSCA checks", checks(tenant.checks)],
    ["unread", "What could not be read", unread(tenant.unread), tenant.unread.length],
    ["others", "Other changes", others(tenant.others), tenant.others.length],
    ["matrix", "Who may use which key", matrix(tenant.matrix)],
    ["affected", "Affected people", affectedPeople(tenant, `${id}-affected-table`, people), tenant.affected.length],
  ];
  return parts.flatMap(([slug, title, content, entries]) =>
    content === undefined ? [] : [{ id: `${id}-${slug}`, title, content, entries }],
  );
}

function tenantSection(tenant: TenantReport, parts: readonly ReportPart[], id: string, verdict: Verdict): Markup {
  const told = tenant.verdict.level === verdict.level && tenant.verdict.sentence === verdict.sentence;
  return markup`<section class="tenant" aria-labelledby="${id}">
<h2 id="${id}">Tenant ${named(tenant.tenant)}</h2>
${told ? undefined : verdictPanel(tenant.verdict, false)}<dl class="facts">
${facts(tenant).map(([name, value]) => markup`<dt>${name}</dt><dd>${value}</dd>\n`)}</dl>
${parts.map((one) => part(one, 3))}</section>
`;
}

/** The tenant at a glance. */
function facts({ stacks, mode, source, general, personas, groups, plans, unread }: TenantReport): [string, Part][] {
  const profiles = personas.filter(({ change }) => change !== "unchanged").length;
  const refused = plans.filter(({ refusals }) => refusals.length > 0).length;
  const changed = [count(general.length, "setting"), count(profiles, "profile"), count(groups.length, "group")];
  const refusals = refused > 0 ? `, ${number(refused)} refused` : "";
  const lost = unread.length > 0 ? `; ${count(unread.length, "part")} of what matters could not be read` : "";
  return [
    [
      stacks.length === 1 ? "Stack" : "Stacks",
      stacks.map((stack) => markup`<span class="line">${named(stack)}</span> `),
    ],
    ["Settings", modeWords(mode)],
    ["Policy", `${sourceWords(source)}${lost}`],
    ["Changes", changed.filter((words) => !words.startsWith("0 ")).join(", ") || "none"],
    ["Plans", plans.length === 0 ? "none" : `${count(plans.length, "plan")}${refusals}`],
  ];
}

function contents(
  tenants: readonly TenantReport[],
  parts: readonly (readonly ReportPart[])[],
  failed: boolean,
): Markup {
  const links = tenants.map(
    ({ tenant }, index) => markup`<p class="tenant"><a href="#t${index + 1}">Tenant ${named(tenant)}</a></p>
<ul>
${parts[index]!.map(
  ({ id, title, entries }) =>
    markup`<li><a href="#${id}">${title}</a>${entries === undefined ? undefined : ` (${number(entries)})`}</li>\n`,
)}</ul>
`,
  );
  return markup`<nav aria-labelledby="contents">
<h2 id="contents">Contents</h2>
${failed ? markup`<p class="tenant"><a href="#failures">Previews that failed</a></p>\n` : undefined}${links}</nav>
`;
}
