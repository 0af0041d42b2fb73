import { findModel } from "../catalogue/index.js";
import { closedAaguid, parseFacet } from "../policy/index.js";
import type { FacetChange, FacetValue, NormalPolicy } from "../policy/index.js";
import { profileWords } from "./words.js";

/**
 * One line for each model that the list of a profile gains (`+`) or loses (`-`), by name; the AAGUID tells models of one
 * name apart. An edition of the catalogue that gives a name or a selector another meaning shows here.
 *
 * @param policies where profiles have their names, the first one first.
 * @param most lines; of more, the rest is counted.
 */
export function modelChangeLines(
  changes: readonly FacetChange[],
  policies: readonly NormalPolicy[],
  most = 20,
): string[] {
  const lines = changes.flatMap(({ facet, before, after }) => {
    const parsed = parseFacet(facet);
    if (parsed.kind !== "aaGuids") return [];
    const [old, now] = [listed(before), listed(after)];
    const name = `profile ${profileWords(parsed.profile, ...policies)}`;
    return [
      ...models(
        now.filter((aaguid) => !old.includes(aaguid)),
        parsed.profile,
      ).map((model) => `${name}: + ${model}`),
      ...models(
        old.filter((aaguid) => !now.includes(aaguid)),
        parsed.profile,
      ).map((model) => `${name}: - ${model}`),
    ];
  });
  if (lines.length <= most) return lines;
  return [...lines.slice(0, most), `and ${lines.length - most} more models`];
}

function listed(value: FacetValue): string[] {
  return [...new Set(((value ?? []) as readonly string[]).map((aaguid) => aaguid.toLowerCase()))];
}

function models(aaguids: readonly string[], profile: string): string[] {
  const closed = closedAaguid(profile);
  const name = (aaguid: string) =>
    aaguid === closed ? "no model, which keeps the profile closed" : (findModel(aaguid)?.name ?? "unknown model");
  return aaguids.map((aaguid) => `${name(aaguid)} (${aaguid})`).sort();
}
