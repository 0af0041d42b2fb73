import { isGuid } from "../guid.js";
import { FIDO2_TYPE } from "./types.js";

/** Refuses a PATCH because its body does not fit the published schema; the pipeline answers 400. */
export class BodyError extends Error {
  override readonly name = "BodyError";
}

/** A JSON object of the body. */
export type JsonObject = Record<string, unknown>;

/** A profile as it was sent: members may be missing. */
export interface SentProfile extends JsonObject {
  id?: string;
  name?: string | null;
  passkeyTypes?: string | null;
  attestationEnforcement?: string;
  keyRestrictions?: SentRestrictions | null;
}

/** Key restrictions as they were sent: members may be missing. */
export interface SentRestrictions extends JsonObject {
  isEnforced?: boolean | null;
  enforcementType?: string | null;
  aaGuids?: string[];
}

/** An include target as it was sent. */
export interface SentInclude extends JsonObject {
  targetType: string;
  id: string;
  isRegistrationRequired?: boolean;
  allowedPasskeyProfiles?: string[];
}

/** An exclude target as it was sent. */
export interface SentExclude extends JsonObject {
  id: string;
  targetType: string;
}

/** The members of a PATCH, checked against the types of Graph's schema and against nothing else. */
export interface SentPolicy {
  state?: string | null;
  isSelfServiceRegistrationAllowed?: boolean | null;
  isAttestationEnforced?: boolean | null;
  keyRestrictions?: SentRestrictions | null;
  defaultPasskeyProfile?: string | null;
  includeTargets?: SentInclude[];
  excludeTargets?: SentExclude[];
  passkeyProfiles?: SentProfile[];
  /** Properties that the schema does not have. */
  unknown: JsonObject;
}

/**
 * Reads a PATCH body.
 *
 * @param stored JSON text of the stored policy: an enum value that is in it may be sent back although this version of
 *   the schema does not know it
 * @throws BodyError when the body does not fit the schema
 */
export function readBody(body: unknown, stored: string): SentPolicy {
  const object = jsonObject(body, "the body");
  if (object["@odata.type"] !== FIDO2_TYPE) {
    throw new BodyError(`the body needs "@odata.type": "${FIDO2_TYPE}", got ${JSON.stringify(object["@odata.type"])}`);
  }
  const enumeration = (known: string[]) => (value: unknown, at: string) => openEnum(value, at, known, stored);
  const restrictions = (value: unknown, at: string): SentRestrictions =>
    members(value, at, {
      isEnforced: nullable(boolean),
      enforcementType: nullable(enumeration(["allow", "block"])),
      aaGuids: list(string),
    });
  const targetType = enumeration(["user", "group"]);
  const readers: Record<string, Reader> = {
    state: nullable(enumeration(["enabled", "disabled"])),
    isSelfServiceRegistrationAllowed: nullable(boolean),
    isAttestationEnforced: nullable(boolean),
    keyRestrictions: nullable(restrictions),
    defaultPasskeyProfile: nullable(string),
    includeTargets: list((value, at) =>
      members(
        value,
        at,
        { targetType, id: string, isRegistrationRequired: boolean, allowedPasskeyProfiles: list(guid) },
        ["targetType", "id"],
      ),
    ),
    excludeTargets: list((value, at) => members(value, at, { id: string, targetType }, ["id", "targetType"])),
    passkeyProfiles: list((value, at) =>
      members(value, at, {
        id: guid,
        name: nullable(string),
        passkeyTypes: nullable((sent, place) => flags(sent, place, ["deviceBound", "synced"], stored)),
        attestationEnforcement: enumeration(["disabled", "registrationOnly"]),
        keyRestrictions: nullable(restrictions),
      }),
    ),
  };
  const sent: JsonObject = {};
  const unknown: JsonObject = {};
  for (const [name, value] of Object.entries(object)) {
    // Tools send a GET back with its annotations; OData ignores annotations that it does not need.
    if (name === "id" || name.includes("@odata.")) {
      continue;
    }
    const reader = readers[name];
    if (reader === undefined) {
      unknown[name] = value;
    } else {
      sent[name] = reader(value, name);
    }
  }
  return { ...(sent as Omit<SentPolicy, "unknown">), unknown };
}

type Reader = (value: unknown, at: string) => unknown;

function jsonObject(value: unknown, at: string): JsonObject {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new BodyError(`${at} has to be an object`);
  }
  return value as JsonObject;
}

/** Checks the members that are known and keeps all others as they are. */
function members<T extends JsonObject>(
  value: unknown,
  at: string,
  readers: Record<string, Reader>,
  required: string[] = [],
): T {
  const object = jsonObject(value, at);
  const missing = required.find((name) => object[name] === undefined);
  if (missing !== undefined) {
    throw new BodyError(`${at} has no ${missing}`);
  }
  const entries = Object.entries(object).map(([name, member]) => {
    const reader = readers[name];
    return [name, reader === undefined ? member : reader(member, `${at}.${name}`)];
  });
  return Object.fromEntries(entries) as T;
}

function nullable(reader: Reader): Reader {
  return (value, at) => (value === null ? null : reader(value, at));
}

function list(reader: Reader): Reader {
  return (value, at) => {
    if (!Array.isArray(value)) {
      throw new BodyError(`${at} has to be an array`);
    }
    return value.map((item, index) => reader(item, `${at}[${index}]`));
  };
}

function boolean(value: unknown, at: string): boolean {
  if (typeof value !== "boolean") {
    throw new BodyError(`${at} has to be a boolean, got ${JSON.stringify(value)}`);
  }
  return value;
}

function string(value: unknown, at: string): string {
  if (typeof value !== "string") {
    throw new BodyError(`${at} has to be a string, got ${JSON.stringify(value)}`);
  }
  return value;
}

/** Edm.Guid, and the id of a profile, which Graph's documentation calls a GUID too. */
function guid(value: unknown, at: string): string {
  if (!isGuid(value)) {
    throw new BodyError(`${at} has to be a GUID, got ${JSON.stringify(value)}`);
  }
  return value;
}

function openEnum(value: unknown, at: string, known: string[], stored: string): string {
  const text = string(value, at);
  if (!known.includes(text) && !stored.includes(JSON.stringify(text))) {
    throw new BodyError(`${at} has to be one of ${known.join(", ")}, got "${text}"`);
  }
  return text;
}

function flags(value: unknown, at: string, known: string[], stored: string): string {
  const text = string(value, at);
  const unknown = text.split(",").find((flag) => !known.includes(flag.trim()));
  if (unknown !== undefined && !stored.includes(JSON.stringify(text))) {
    throw new BodyError(`${at} has to be a combination of ${known.join(", ")}, got "${text}"`);
  }
  return text;
}
