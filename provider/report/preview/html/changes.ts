import type { GroupChange, Persona, Row, TenantReport } from "../model.js";
import { count, markup } from "./markup.js";
import type { Markup } from "./markup.js";
import { compared, folded, list, named, table, tag } from "./parts.js";
import { PERSONA_CHANGES, profileWord } from "./words.js";

const HEAD = ["Setting", "Before", "After"];

/** What changes for the whole tenant and for each profile with the groups that have it. */
export function changes({ general, personas }: TenantReport): Markup {
  const changed = personas.filter(({ change }) => change !== "unchanged");
  const unchanged = personas.filter(({ change }) => change === "unchanged");
  const nothing = general.length === 0 && changed.length === 0;
  return markup`${nothing ? markup`<p>No setting and no profile of this tenant changes.</p>\n` : undefined}${
    general.length === 0
      ? undefined
      : table({
          caption: "What holds for the whole tenant",
          label: "the whole tenant",
          kind: "compare",
          head: HEAD,
          rows: rows(general),
        })
  }${changed.map(persona)}${
    unchanged.length === 0
      ? undefined
      : folded(`${count(unchanged.length, "profile")} without a change`, unchanged.map(persona))
  }`;
}

function persona({ profile, id, change, groups, words, rows: settings }: Persona): Markup {
  const all: Row[] = [{ name: "Groups that have it", ...groups }, ...settings];
  return markup`<article>
<h4>Profile ${named(profile)} ${tag(PERSONA_CHANGES[change], change === "unchanged" ? "same" : "new")}</h4>
<p class="id">Id <code>${id}</code></p>
${words.length === 0 ? undefined : list(words)}${table({
    caption: markup`Profile ${named(profile)} before and after`,
    label: `profile ${profile}`,
    head: HEAD,
    rows: rows(all),
    kind: "compare",
  })}</article>
`;
}

function rows(settings: readonly Row[]): Markup[] {
  return settings.map(({ name, before, after }) => compared(named(name), before, after));
}

/** Groups whose profiles change. */
export function groupChanges(groups: readonly GroupChange[]): Markup | undefined {
  if (groups.length === 0) return undefined;
  return table({
    caption: "Profiles of groups before and after",
    label: "groups",
    head: ["Group", "Before", "After"],
    rows: groups.map(({ group, before, after }) =>
      compared(named(group), before.map(profileWord), after.map(profileWord)),
    ),
    kind: "compare",
  });
}
