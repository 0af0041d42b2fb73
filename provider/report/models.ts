import { MICROSOFT_AUTHENTICATOR_AAGUIDS, WINDOWS_HELLO_AAGUIDS, modelName } from "../catalogue/index.js";
import type { NormalRestrictions } from "../policy/index.js";

/** Model names for AAGUIDs, sorted; a name that several of them have is there once, with their number. */
export function modelList(aaguids: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const aaguid of new Set(aaguids.map((entry) => entry.toLowerCase()))) {
    const name = modelName(aaguid);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, count]) => (count === 1 ? name : `${name} (${count} AAGUIDs)`));
}

/** The heading of a list of models. */
export function restrictionWords({ isEnforced, enforcementType, aaGuids }: NormalRestrictions): string {
  if (isEnforced === undefined || (enforcementType !== "allow" && enforcementType !== "block")) return "unknown";
  const count = aaGuids === undefined ? "an unknown number of" : new Set(aaGuids.map((id) => id.toLowerCase())).size;
  if (!isEnforced) return count === 0 ? "off" : `off; a list (${enforcementType}) of ${count} AAGUIDs is stored`;
  return enforcementType === "allow" ? `only these ${count} AAGUIDs` : `all but these ${count} AAGUIDs`;
}

const FAMILIES = [
  { name: "Microsoft Authenticator", aaguids: MICROSOFT_AUTHENTICATOR_AAGUIDS },
  { name: "Windows Hello", aaguids: WINDOWS_HELLO_AAGUIDS },
] as const;

/**
 * Whether the list lets Microsoft Authenticator and Windows Hello through. Listed is not accepted: a list that is not
 * enforced offers them and restricts nobody.
 */
export function familyWords(restrictions: NormalRestrictions): [name: string, words: string][] {
  return FAMILIES.map(({ name, aaguids }) => [name, acceptance(restrictions, aaguids)]);
}

function acceptance({ isEnforced, enforcementType, aaGuids }: NormalRestrictions, family: readonly string[]): string {
  if (isEnforced === undefined || aaGuids === undefined) return "unknown";
  if (enforcementType !== "allow" && enforcementType !== "block") return "unknown";
  const list = new Set(aaGuids.map((id) => id.toLowerCase()));
  const listed = family.filter((aaguid) => list.has(aaguid)).length;
  const some = `${listed} of ${family.length} AAGUIDs listed`;
  if (!isEnforced) return listed > 0 ? `accepted, as is every model; ${some}` : "accepted, as is every model";
  const accepted = enforcementType === "allow" ? listed : family.length - listed;
  if (accepted === family.length) return enforcementType === "allow" ? "listed and accepted" : "accepted";
  if (accepted > 0) return `accepted in part; ${some}`;
  return enforcementType === "allow" ? "not accepted" : "blocked";
}
