import { findModel } from "../catalogue/index.js";
import { ALL_USERS } from "../policy/index.js";
import { EXISTS } from "../policy/customStrength.js";
import type { MemberValue } from "../policy/documents.js";
import type { DocumentDrift } from "./model.js";

type Place = Pick<DocumentDrift, "resource" | "document" | "member">;

/** A member of a document that differs, its values in words. */
export function memberDrift(place: Place, written: MemberValue, now: MemberValue): DocumentDrift {
  return { ...place, written: valueWords(place.member, written), now: valueWords(place.member, now) };
}

/** Models one by one: what differs may be one of several AAGUIDs of a name. */
export function modelWords(aaguids: readonly string[]): string[] {
  const ids = [...new Set(aaguids.map((aaguid) => aaguid.toLowerCase()))];
  return ids.map((id) => {
    const model = findModel(id);
    return model === undefined ? id : `${model.name} (${id})`;
  });
}

function valueWords(member: string, value: MemberValue): string[] {
  if (value === null) return [];
  if (member === EXISTS || /^(include|exclude)\//.test(member)) return value === true ? ["there"] : [];
  if (member === "allowedAAGUIDs") return modelWords(value as readonly string[]);
  return Array.isArray(value) ? value.map(String) : [String(value)];
}

/** What a member is called; groups by their names. */
export function memberWords({ document, member }: DocumentDrift, groupName: (id: string) => string): string {
  const [kind, group] = member.split("/");
  if (member === EXISTS) return document;
  if (group !== undefined) {
    return `${document}, ${kind === "include" ? "target" : "exclude"} ${group === ALL_USERS ? "all users" : groupName(group)}`;
  }
  return `${document}, ${member === "allowedAAGUIDs" ? "models" : member}`;
}
