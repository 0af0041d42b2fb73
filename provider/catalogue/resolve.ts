import { load, nameKey } from "./load.js";
import type { AuthenticatorModel } from "./model.js";
import { suggest } from "./suggest.js";
import { MICROSOFT_AUTHENTICATOR_AAGUIDS, WINDOWS_HELLO_AAGUIDS } from "./wellKnown.js";

/** The AAGUIDs that a name or an AAGUID stands for, or why it stands for none. */
export type Resolution =
  | { readonly aaguids: readonly string[]; readonly error?: undefined }
  | { readonly aaguids?: undefined; readonly error: string; readonly suggestions: readonly string[] };

const AAGUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** Nothing but what an AAGUID is written with, and more of it than any model name has. */
const MEANT_AS_AAGUID = /^[{(]?[0-9a-f][0-9a-f-]{11,}[)}]?$|^[0-9a-z]{6,10}(-[0-9a-z]{3,5}){3}-[0-9a-z]{10,14}$/i;

const APPLE_PASSWORDS = ["fbfc3007-154e-4ecc-8c0b-6e020557d7bd"];

/** Names for several models at once, and other names of one. */
const FAMILIES: ReadonlyMap<string, readonly string[]> = new Map([
  ["microsoft authenticator", MICROSOFT_AUTHENTICATOR_AAGUIDS],
  ["windows hello", WINDOWS_HELLO_AAGUIDS],
  ["apple passwords", APPLE_PASSWORDS],
  ["icloud keychain", APPLE_PASSWORDS],
]);

/** The model with that AAGUID, in any case; undefined where the catalogue does not have it. */
export function findModel(aaguid: string): AuthenticatorModel | undefined {
  return load().byAaguid.get(aaguid.trim().toLowerCase());
}

/** What to call an AAGUID in a message: the model's name, or the AAGUID itself with "(unknown model)". */
export function modelName(aaguid: string): string {
  return findModel(aaguid)?.name ?? `${aaguid} (unknown model)`;
}

/**
 * The AAGUIDs of a model, lower case and sorted.
 *
 * A name is compared whole, without regard to case and white space, with the names in the catalogue and stands for every
 * AAGUID that has it; "Microsoft Authenticator" and "Windows Hello" stand for all of theirs. A well-formed AAGUID stands
 * for itself, known or not, because new models come out before the catalogue knows them.
 */
export function resolveModel(nameOrAaguid: string): Resolution {
  const text = nameOrAaguid.trim();
  if (AAGUID.test(text)) return { aaguids: [text.toLowerCase()] };
  const { byName, models } = load();
  const known = FAMILIES.get(nameKey(text)) ?? byName.get(nameKey(text))?.map((model) => model.aaguid);
  if (known) return { aaguids: [...known].sort() };
  const shown = JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}...` : text);
  if (MEANT_AS_AAGUID.test(text)) {
    const error = `${shown} is not an AAGUID: 32 hexadecimal digits, written 8-4-4-4-12`;
    return { error, suggestions: suggestAaguids(text, models) };
  }
  return { error: `no model is called ${shown}`, suggestions: suggest(text, names(models)) };
}

function names(models: readonly AuthenticatorModel[]): string[] {
  const sold = models.filter(({ sample }) => !sample).map(({ name }) => name);
  return [...new Set(["Microsoft Authenticator", "Windows Hello", ...sold])];
}

/** The same digits with other punctuation, or known AAGUIDs that start alike. */
function suggestAaguids(text: string, models: readonly AuthenticatorModel[]): string[] {
  const digits = text.toLowerCase().replace(/[^0-9a-f]/g, "");
  if (digits.length === 32) return [digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5")];
  return models.filter(({ aaguid }) => aaguid.slice(0, 8) === digits.slice(0, 8)).map(({ aaguid }) => aaguid);
}
