import { isGuid } from "./guid.js";
import type { MethodEdit } from "./methods/configurations.js";
import { METHOD_WORDS, type PasskeyInput } from "./people/types.js";
import * as schema from "./schema.js";

const { object, openObject, array, record, text, flag, oneOf, orNull, where, anything } = schema;

const guid = where("a GUID", isGuid);
const id = text;
const list = array(text);
const date = where("a date and time in ISO 8601", (value) => typeof value === "string" && !isNaN(Date.parse(value)));

const passkey = object(
  { aaGuid: guid },
  {
    id,
    displayName: text,
    createdDateTime: date,
    lastUsedDateTime: orNull(date),
    model: orNull(text),
    attestationCertificates: list,
    attestationLevel: oneOf("attested", "notAttested", "unknownFutureValue"),
    passkeyType: oneOf("deviceBound", "synced", "unknownFutureValue"),
  },
);

/** A user with what they have registered. */
export const user = openObject(
  { displayName: text },
  {
    id: guid,
    userPrincipalName: text,
    userType: text,
    accountEnabled: flag,
    passkeys: array(passkey),
    methods: array(oneOf(...METHOD_WORDS)),
    isAdmin: flag,
  },
);

const methodTargets = array(openObject({ id }, { targetType: text }));
/** Changes of the configuration of a method other than FIDO2. */
export const method = openObject(
  {},
  { state: oneOf("enabled", "disabled"), includeTargets: methodTargets, excludeTargets: methodTargets },
);

/** A custom authentication strength. */
export const strength = object(
  { displayName: text, allowedCombinations: array(text, 1) },
  { id: guid, description: where("a string", (value) => typeof value === "string"), allowedAaguids: array(guid) },
);

/** A Conditional Access policy. */
export const conditionalAccess = object(
  { displayName: text },
  {
    id: guid,
    state: oneOf("enabled", "disabled", "enabledForReportingButNotEnforced"),
    conditions: openObject(
      {},
      {
        users: openObject(
          {},
          {
            includeUsers: list,
            excludeUsers: list,
            includeGroups: list,
            excludeGroups: list,
            includeRoles: list,
            excludeRoles: list,
          },
        ),
      },
    ),
    grantControls: record(anything),
    authenticationStrength: text,
    sessionControls: orNull(record(anything)),
  },
);

/**
 * Reads a passkey that came as JSON.
 *
 * @throws SchemaError naming every member that is wrong
 */
export function readPasskey(value: unknown): PasskeyInput {
  return schema.checked<PasskeyInput>(value, passkey, "the passkey");
}

/**
 * Reads changes of a method's configuration that came as JSON.
 *
 * @throws SchemaError naming every member that is wrong
 */
export function readMethodEdit(value: unknown): MethodEdit {
  return schema.checked<MethodEdit>(value, method, "the method");
}
