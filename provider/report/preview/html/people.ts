import type { Affected, ExposureNote, People, TenantReport } from "../model.js";
import { count, markup, number } from "./markup.js";
import type { Markup } from "./markup.js";
import { list, muted, named, row, table, tag } from "./parts.js";
import { GUARDED, OUTCOMES, OUTCOME_WORDS } from "./words.js";

/** Who loses what: by outcome, and why. */
export function losses({ people, unread }: TenantReport): Markup {
  if (people === undefined) {
    const also = unread.length > 0 ? " What could not be read is listed below." : "";
    const why = `Nobody was read: either the change can take a key from nobody, or people could not be read.${also}`;
    return markup`<p>${why}</p>\n`;
  }
  const figures = OUTCOMES.map(
    (outcome) => markup`<div class="figure ${people.counts[outcome] > 0 ? outcome : "none"}">
<dt>${OUTCOME_WORDS[outcome].name}</dt>
<dd><strong>${number(people.counts[outcome])}</strong> ${muted(OUTCOME_WORDS[outcome].meaning)}</dd>
</div>
`,
  );
  return markup`<dl class="figures">
${figures}</dl>
${reasons(people)}${people.notes.length === 0 ? undefined : list(people.notes)}<p>${muted(["People were read from: ", people.source])}</p>
`;
}

function reasons(people: People): Markup | undefined {
  if (people.reasons.length === 0) return undefined;
  return table({
    caption: "Why, with the number of people",
    label: "reasons",
    head: ["Outcome", "People", "Reason"],
    rows: people.reasons.map(({ outcome, people: concerned, reason }) =>
      row(OUTCOME_WORDS[outcome].name, [number(concerned), reason]),
    ),
  });
}

/** What becomes acceptable to whom. */
export function exposures(notes: readonly ExposureNote[]): Markup {
  if (notes.length === 0) return markup`<p>No key is known to become acceptable that was not before.</p>\n`;
  return list(
    notes.map(({ text, guarded }) =>
      guarded === undefined
        ? markup`${text}.`
        : markup`${text}. ${tag(["Has to be acknowledged: ", GUARDED[guarded]], "exposure")}`,
    ),
  );
}

/** How many people of each tenant are in the page, so that it has no more than `most`; in order. */
export function shares(tenants: readonly TenantReport[], most: number): number[] {
  let left = most;
  return tenants.map(({ affected }) => {
    const share = Math.min(left, affected.length);
    left -= share;
    return share;
  });
}

/** Who would lose something, in a table that a script can filter. */
export function affectedPeople({ affected, people }: TenantReport, id: string, most: number): Markup | undefined {
  if (affected.length === 0) return undefined;
  const shown = affected.slice(0, most);
  const losing = OUTCOMES.filter((outcome) => outcome !== "keeps");
  const known = losing.reduce((sum, outcome) => sum + (people?.counts[outcome] ?? 0), 0);
  const more = Math.max(known, affected.length) - shown.length;
  const rest = `This page has the first ${count(shown.length, "person", "people")}, worst first; ${number(more)} more ${more === 1 ? "is" : "are"} not in it.`;
  return markup`<p>Names are replaced by pseudonyms.${more > 0 ? ` ${rest}` : undefined}</p>
${shown.length === 0 ? undefined : [filter(shown, id), rows(shown, id)]}`;
}

function rows(shown: readonly Affected[], id: string): Markup {
  return table({
    caption: "People who would lose something, or may",
    label: "affected people",
    id,
    head: ["Person", "Outcome", "Reasons"],
    rows: shown.map(
      ({ person, outcome, reasons }) =>
        markup`<tr data-outcome="${outcome}"><th scope="row">${named(person)}</th><td>${tag(OUTCOME_WORDS[outcome].name, outcome)}</td><td>${reasons.length === 1 ? reasons[0] : markup`<ul class="lines">${reasons.map((reason) => markup`<li>${reason}</li>`)}</ul>`}</td></tr>`,
    ),
    kind: "people",
  });
}

/** Hidden until the script runs, because it does nothing without it. */
function filter(shown: readonly Affected[], id: string): Markup {
  const options = OUTCOMES.map((outcome) => {
    const people = shown.filter((person) => person.outcome === outcome).length;
    const words = `${OUTCOME_WORDS[outcome].name} (${number(people)})`;
    return people === 0 ? undefined : markup`<option value="${outcome}">${words}</option>`;
  });
  return markup`<fieldset class="filter" data-filter="${id}" hidden>
<legend>Filter these people</legend>
<label>Outcome <select><option value="">All (${number(shown.length)})</option>${options}</select></label>
<label>Text <input type="search" autocomplete="off" spellcheck="false"></label>
<output aria-live="polite">${number(shown.length)} of ${number(shown.length)} shown</output>
</fieldset>
`;
}
