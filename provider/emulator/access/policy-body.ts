import type { Directory } from "../directory/directory.js";
import { graphErrors } from "../errors.js";
import { isGuid, sameId } from "../guid.js";
import { isObject, type JsonObject } from "../http/body.js";
import { orBadRequest } from "../readers.js";
import type { Switches } from "../switches.js";
import { unknownProperties } from "../unknown-properties.js";
import { checkPolicyTypes } from "./policy-types.js";
import { GRANTS, withDefaults, WORDS, type ConditionalAccessPolicy, type WrittenPolicy } from "./policies.js";
import type { Strengths } from "./strengths.js";

/** What the writing of a policy has to know of its tenant. */
export interface PolicyContext {
  directory: Directory;
  strengths: Strengths;
  switches: Switches;
}

const STATES = ["enabled", "disabled", "enabledForReportingButNotEnforced"];
const CONTROLS = [
  "block",
  "mfa",
  "compliantDevice",
  "domainJoinedDevice",
  "approvedApplication",
  "compliantApplication",
  "passwordChange",
  "riskRemediation",
];
const LONGEST_RULE = 3072;
const READ_ONLY = ["id", "createdDateTime", "modifiedDateTime", "deletedDateTime", "templateId"];
const KNOWN = [...READ_ONLY, "displayName", "description", "state", "conditions", "grantControls", "sessionControls"];

/**
 * Reads the body of a POST or a PATCH. Objects inside are merged with what is stored, lists and null replace; what the
 * emulator does not read is kept as it was sent, annotations of the type included.
 *
 * @param before the stored policy, undefined for a POST
 * @throws GraphHttpError 400
 */
export function readPolicy(
  body: JsonObject,
  before: ConditionalAccessPolicy | undefined,
  context: PolicyContext,
): WrittenPolicy {
  orBadRequest(() => checkPolicyTypes(body, JSON.stringify(before ?? {})));
  const { displayName, state, description, conditions, grantControls, sessionControls } = body;
  const more = unknownProperties(body, KNOWN, context.switches);
  const grants = readGrants(grantControls, before, context.strengths);
  const written: WrittenPolicy = {
    ...(description === undefined ? {} : { description }),
    ...more,
    displayName: displayName === undefined && before !== undefined ? before.displayName : readName(displayName),
    state: state === undefined && before !== undefined ? before.state : readState(state),
    conditions: readConditions(conditions, before),
    ...grants,
    sessionControls: section("sessionControls", sessionControls, before?.sessionControls ?? null),
  };
  checkGrants(written);
  checkFilter(written.conditions);
  checkUsers(written, before, context);
  return written;
}

function readName(value: unknown): string {
  if (typeof value !== "string" || value === "") {
    throw graphErrors.badRequest("displayName is required.");
  }
  return value;
}

function readState(value: unknown): string {
  if (typeof value !== "string" || !STATES.includes(value)) {
    throw graphErrors.badRequest(`state has to be one of ${STATES.join(", ")}.`);
  }
  return value;
}

function readConditions(value: unknown, before: ConditionalAccessPolicy | undefined): JsonObject {
  if (value === undefined && before !== undefined) {
    return before.conditions;
  }
  if (!isObject(value)) {
    throw graphErrors.badRequest("conditions have to be an object.");
  }
  return withDefaults(merge(before?.conditions ?? {}, value));
}

/** A part of the policy that may be null. */
function section(name: string, sent: unknown, stored: JsonObject | null): JsonObject | null {
  if (sent === undefined || sent === null) {
    return sent === null ? null : stored;
  }
  if (!isObject(sent)) {
    throw graphErrors.badRequest(`${name} has to be an object or null.`);
  }
  return merge(stored ?? {}, sent);
}

/** The strength is stored apart from the other controls: it is looked up whenever the policy is answered. */
function readGrants(
  sent: unknown,
  before: ConditionalAccessPolicy | undefined,
  strengths: Strengths,
): Pick<WrittenPolicy, "grantControls" | "strength"> {
  const grants = section("grantControls", sent, before?.grantControls ?? null);
  if (!isObject(sent) || grants === null) {
    return { grantControls: grants, strength: grants === null ? undefined : before?.strength };
  }
  const { authenticationStrength: nested, "authenticationStrength@odata.bind": link, ...rest } = grants;
  const annotation = "authenticationStrength@odata.context";
  const grantControls = {
    ...GRANTS,
    ...Object.fromEntries(Object.entries(rest).filter(([name]) => name !== annotation)),
  };
  if (nested === undefined && link === undefined) {
    return { grantControls, strength: before?.strength };
  }
  if (nested === null) {
    return { grantControls, strength: undefined };
  }
  const id = isObject(nested) ? nested["id"] : String(link).split("/").at(-1);
  const strength = typeof id === "string" ? strengths.byId(id) : undefined;
  if (strength === undefined) {
    throw graphErrors.badRequest(`grantControls.authenticationStrength: there is no strength '${String(id)}'.`);
  }
  return { grantControls, strength: strength.id };
}

/** @see https://learn.microsoft.com/entra/identity/authentication/concept-authentication-strengths */
function checkGrants({ grantControls, strength }: WrittenPolicy): void {
  if (grantControls === null) {
    return;
  }
  const { operator, builtInControls: controls } = grantControls;
  if (operator !== "AND" && operator !== "OR") {
    throw graphErrors.badRequest("grantControls.operator has to be AND or OR.");
  }
  const unknown = Array.isArray(controls) ? controls.find((control) => !CONTROLS.includes(String(control))) : controls;
  if (!Array.isArray(controls) || unknown !== undefined) {
    throw graphErrors.badRequest(
      `grantControls.builtInControls: '${String(unknown)}' is none of ${CONTROLS.join(", ")}.`,
    );
  }
  if (strength !== undefined && controls.includes("mfa")) {
    throw graphErrors.badRequest("grantControls: mfa and an authentication strength cannot be used together.");
  }
}

/** @see https://learn.microsoft.com/entra/identity/conditional-access/concept-condition-filters-for-devices */
function checkFilter(conditions: JsonObject): void {
  const { devices } = conditions;
  const filter = isObject(devices) ? devices["deviceFilter"] : undefined;
  if (!isObject(filter)) {
    return;
  }
  const { mode, rule } = filter;
  if (mode !== "include" && mode !== "exclude") {
    throw graphErrors.badRequest("conditions.devices.deviceFilter.mode has to be include or exclude.");
  }
  if (typeof rule !== "string" || rule === "" || rule.length > LONGEST_RULE) {
    throw graphErrors.badRequest(`conditions.devices.deviceFilter.rule has to have 1 to ${LONGEST_RULE} characters.`);
  }
}

function checkUsers(
  { conditions }: WrittenPolicy,
  before: ConditionalAccessPolicy | undefined,
  { directory, switches }: PolicyContext,
): void {
  const known = idsOf(before?.conditions);
  for (const [place, id] of idsOf(conditions)) {
    const group = place.endsWith("Groups");
    if (!group && WORDS.includes(id)) {
      continue;
    }
    if (!isGuid(id)) {
      throw graphErrors.badRequest(`conditions.users.${place}: '${id}' is no id.`);
    }
    const exists = (group ? directory.group(id) : directory.user(id)) !== undefined;
    const old = known.some(([at, other]) => at === place && sameId(other, id));
    if (!exists && !old && switches.conditionalAccessUnknownObjects === "refusedWhenAdded") {
      throw graphErrors.badRequest(`conditions.users.${place}: there is no ${group ? "group" : "user"} '${id}'.`);
    }
  }
}

/** Users and groups of the conditions, each with the name of its list. */
function idsOf(conditions: JsonObject | undefined): [string, string][] {
  const users = isObject(conditions?.["users"]) ? conditions["users"] : {};
  return ["includeUsers", "excludeUsers", "includeGroups", "excludeGroups"].flatMap((place) => {
    const ids = users[place];
    return Array.isArray(ids) ? ids.map((id): [string, string] => [place, String(id)]) : [];
  });
}

/** As OData merges complex values; one of another type takes the place of what was there. */
function merge(stored: JsonObject, sent: JsonObject): JsonObject {
  const type = "@odata.type";
  if (stored[type] !== undefined && sent[type] !== undefined && stored[type] !== sent[type]) {
    return structuredClone(sent);
  }
  const merged = structuredClone(stored);
  for (const [name, value] of Object.entries(sent)) {
    const old = merged[name];
    merged[name] = isObject(old) && isObject(value) ? merge(old, value) : structuredClone(value);
  }
  return merged;
}
