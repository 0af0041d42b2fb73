import { load, nameKey } from "./load.js";
import type { AuthenticatorModel } from "./model.js";
import { resolveModel } from "./resolve.js";

/** From so many digits on, a word may be the beginning of an AAGUID. */
const AAGUID_DIGITS = 8;

/**
 * Models for what someone typed, sorted by name, then by AAGUID: those that {@link resolveModel} gives; else those of
 * which name and vendor have every word somewhere in them, in any order. The beginning of an AAGUID is a word too.
 * Samples and compromised models are among them, because the question is what something is.
 */
export function searchModels(query: string): AuthenticatorModel[] {
  const { models } = load();
  const { aaguids } = resolveModel(query);
  if (aaguids !== undefined) return models.filter(({ aaguid }) => aaguids.includes(aaguid));
  const words = nameKey(query).split(" ").filter(Boolean);
  if (words.length === 0) return [];
  return models.filter(({ name, vendor, aaguid }) => {
    const text = `${nameKey(name)} ${vendor?.toLowerCase() ?? ""}`;
    return words.every((word) => text.includes(word) || (word.length >= AAGUID_DIGITS && aaguid.startsWith(word)));
  });
}
