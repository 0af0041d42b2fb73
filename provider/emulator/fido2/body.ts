import type { JsonObject } from "../http/body.js";
import {
  boolean,
  flags,
  guid,
  list,
  members,
  nullable,
  openEnum,
  readProperties,
  string,
  type Reader,
} from "../readers.js";
import { FIDO2_TYPE } from "./types.js";

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
  const { sent, unknown } = readProperties(body, FIDO2_TYPE, readers);
  return { ...(sent as Omit<SentPolicy, "unknown">), unknown };
}
