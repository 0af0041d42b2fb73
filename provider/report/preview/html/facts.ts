import type { Check, Drift, Failure, Note, OtherChange } from "../model.js";
import { markup } from "./markup.js";
import type { Markup } from "./markup.js";
import { changedRow, list, muted, named, row, table, tag } from "./parts.js";
import { CHECK_RESULTS } from "./words.js";

/** Previews that ended with an error. */
export function failures(all: readonly Failure[]): Markup {
  return table({
    caption: "What could not be previewed",
    label: "previews that failed",
    head: ["Stack", "Reason"],
    rows: all.map(({ stack, reason }) => row(named(stack), [reason])),
  });
}

/** Managed parts that are not as they were written. */
export function drift(all: readonly Drift[]): Markup | undefined {
  if (all.length === 0) return undefined;
  return table({
    caption: "Managed parts that are not as they were written",
    label: "drift",
    head: ["Part", "Written", "Now", "This change", "Resource", "Stack"],
    rows: all.map(({ part, written, now, repaired, resource, stack }) =>
      row(named(part), [
        texts(written),
        texts(now),
        repaired ? tag("sets it back", "same") : tag("leaves it as it is", "new"),
        named(resource),
        named(stack),
      ]),
    ),
  });
}

function texts(all: readonly string[]): Markup {
  if (all.length === 0) return muted("not there");
  return all.length === 1
    ? markup`${all[0]}`
    : markup`<ul class="lines">${all.map((text) => markup`<li>${text}</li>`)}</ul>`;
}

export function warnings(notes: readonly Note[]): Markup | undefined {
  if (notes.length === 0) return undefined;
  return list(notes.map(({ code, text }) => markup`${text} ${muted(markup`<code>${code}</code>`)}`));
}

/** The public checks before and after. */
export function checks(all: readonly Check[]): Markup | undefined {
  if (all.length === 0) return undefined;
  return markup`<p>These checks read the default profile only. What other profiles accept does not show in them.</p>
${table({
  caption: "EIDSCA checks before and after",
  label: "EIDSCA checks",
  head: ["Check", "Title", "Before", "After"],
  rows: all.map(({ id, title, before, after }) =>
    changedRow(id, before === after ? "same" : "changed", [title, result(before), result(after)]),
  ),
})}`;
}

const result = (value: Check["before"]) => tag(CHECK_RESULTS[value], `check-${value}`);

export function unread(sentences: readonly string[]): Markup {
  if (sentences.length === 0) return markup`<p>Nothing: all that was asked for could be read.</p>\n`;
  return list(sentences);
}

/** Changes of other resources. */
export function others(all: readonly OtherChange[]): Markup | undefined {
  if (all.length === 0) return undefined;
  return markup`<p>These are not assessed here.</p>
${table({
  caption: "Changes of other resources",
  label: "other changes",
  head: ["Resource", "Operation", "What changes", "Stack"],
  rows: all.map(({ stack, resource, operation, lines }) =>
    row(named(resource), [tag(operation, "new"), lines.length === 0 ? muted("not said") : texts(lines), named(stack)]),
  ),
})}`;
}
