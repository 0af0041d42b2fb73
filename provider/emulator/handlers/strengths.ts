import { randomUUID } from "node:crypto";
import { readAaguids, readApplies, readCombinations, readConfiguration, readText } from "../access/strength-body.js";
import {
  canonical,
  requirementsSatisfied,
  type AuthenticationStrength,
  type CombinationConfiguration,
} from "../access/strengths.js";
import { graphErrors } from "../errors.js";
import { sameId } from "../guid.js";
import { objectBody, type JsonObject } from "../http/body.js";
import type { Answer, SignedCall } from "../http/call.js";
import { refuseOtherOptions } from "../http/paging.js";
import { graphTime } from "../time.js";
import { unknownProperties } from "../unknown-properties.js";
import { configurationsOf, context, filtered, requirePremium, STRENGTHS, strengthObject } from "./access.js";

/** Names of the properties of a strength, read-only ones included, and of a configuration. */
const STRENGTH = [
  "id",
  "createdDateTime",
  "modifiedDateTime",
  "displayName",
  "description",
  "policyType",
  "requirementsSatisfied",
  "allowedCombinations",
  "combinationConfigurations",
];
const CONFIGURATION = ["id", "appliesToCombinations", "allowedAAGUIDs"];

/** `GET /policies/authenticationStrengthPolicies`: built-in and custom ones, with their configurations inside. */
export function listStrengths(call: SignedCall): Answer {
  requirePremium(call);
  refuseOtherOptions(call.query, ["$filter", "$expand"]);
  requireKnownExpand(call);
  const names = ["policyType", "displayName"];
  const rows = filtered(seen(call), call, names, "authenticationStrengthPolicy");
  const value = rows.map((strength) => strengthObject(call, strength));
  return { status: 200, body: { "@odata.context": context(call, STRENGTHS), value } };
}

/** `GET /policies/authenticationStrengthPolicies/{id}`. */
export function getStrength(call: SignedCall): Answer {
  requirePremium(call);
  refuseOtherOptions(call.query, ["$expand"]);
  requireKnownExpand(call);
  return { status: 200, body: entity(call, strengthOf(call, seen(call))) };
}

/** `POST /policies/authenticationStrengthPolicies`: 201 with a custom strength. */
export function createStrength(call: SignedCall): Answer {
  requirePremium(call);
  const { strengths, effectiveSwitches: switches } = call.tenant;
  const body = objectBody(call);
  const displayName = readText(body, "displayName");
  if (!displayName) {
    throw graphErrors.badRequest("displayName is required.");
  }
  const allowedCombinations = readCombinations(body["allowedCombinations"]);
  const unknown = unknownProperties(body, STRENGTH, switches);
  const combinationConfigurations = inlineConfigurations(call, body, allowedCombinations);
  refuseTakenName(call, displayName);
  if (strengths.custom.length >= switches.customStrengthLimit) {
    throw graphErrors.badRequest(
      `A tenant has at most ${switches.customStrengthLimit} custom authentication strengths.`,
    );
  }
  const now = graphTime();
  const strength: AuthenticationStrength = {
    id: randomUUID(),
    createdDateTime: now,
    modifiedDateTime: now,
    displayName,
    description: readText({ description: body["description"] ?? "" }, "description") ?? "",
    policyType: "custom",
    requirementsSatisfied: requirementsSatisfied(allowedCombinations),
    allowedCombinations,
    combinationConfigurations,
    ...unknown,
  };
  strengths.put(strength);
  return { status: 201, body: entity(call, strength), headers: { Location: `${call.url.href}/${strength.id}` } };
}

/** `PATCH /policies/authenticationStrengthPolicies/{id}`: 204; name and description only. */
export function updateStrength(call: SignedCall): Answer {
  const strength = customStrength(call);
  const body = objectBody(call);
  for (const name of ["allowedCombinations", "combinationConfigurations"]) {
    if (Array.isArray(body[name]) && body[name].length > 0) {
      throw graphErrors.badRequest(`${name} cannot be changed by this request.`);
    }
  }
  const displayName = readText(body, "displayName") ?? strength.displayName;
  if (displayName === "") {
    throw graphErrors.badRequest("displayName cannot be empty.");
  }
  refuseTakenName(call, displayName, strength);
  const unknown = unknownProperties(body, STRENGTH, call.tenant.effectiveSwitches);
  const description = readText({ description: body["description"] ?? undefined }, "description");
  store(call, { ...strength, displayName, description: description ?? strength.description, ...unknown });
  return { status: 204 };
}

/** `DELETE /policies/authenticationStrengthPolicies/{id}`: 204. */
export function deleteStrength(call: SignedCall): Answer {
  const strength = customStrength(call);
  const users = referencesTo(call, strength);
  if (users.length > 0 && call.tenant.effectiveSwitches.usedStrengthDeleted === "refused") {
    throw graphErrors.badRequest(
      `The authentication strength is used by Conditional Access policies: ${users.join(", ")}.`,
    );
  }
  call.tenant.strengths.remove(strength.id);
  return { status: 204 };
}

/** `POST /policies/authenticationStrengthPolicies/{id}/updateAllowedCombinations`: 200 with what was and is. */
export function updateCombinations(call: SignedCall): Answer {
  const strength = customStrength(call);
  const body = objectBody(call);
  unknownProperties(body, ["allowedCombinations"], call.tenant.effectiveSwitches);
  const allowedCombinations = readCombinations(body["allowedCombinations"]);
  const allowed = allowedCombinations.map(canonical);
  const homeless = ({ appliesToCombinations }: CombinationConfiguration) =>
    !appliesToCombinations.every((combination) => allowed.includes(canonical(combination)));
  const { configuredCombinationRemoved } = call.tenant.effectiveSwitches;
  if (strength.combinationConfigurations.some(homeless) && configuredCombinationRemoved === "refused") {
    throw graphErrors.badRequest("A combination that has a configuration cannot be removed; delete that first.");
  }
  store(call, {
    ...strength,
    allowedCombinations,
    requirementsSatisfied: requirementsSatisfied(allowedCombinations),
    combinationConfigurations: strength.combinationConfigurations.filter((one) => !homeless(one)),
  });
  return {
    status: 200,
    body: {
      "@odata.context": context(call, "microsoft.graph.updateAllowedCombinationsResult"),
      previousCombinations: strength.allowedCombinations,
      currentCombinations: allowedCombinations,
      conditionalAccessReferences: referencesTo(call, strength),
      additionalInformation: "",
    },
  };
}

/** `GET .../{id}/combinationConfigurations`. */
export function listConfigurations(call: SignedCall): Answer {
  requirePremium(call);
  refuseOtherOptions(call.query, []);
  const strength = strengthOf(call, seen(call));
  const value = structuredClone(strength.combinationConfigurations);
  return { status: 200, body: { "@odata.context": context(call, configurationsOf(strength)), value } };
}

/** `GET .../{id}/combinationConfigurations/{id}`. */
export function getConfiguration(call: SignedCall): Answer {
  requirePremium(call);
  refuseOtherOptions(call.query, []);
  const strength = strengthOf(call, seen(call));
  return { status: 200, body: configurationEntity(call, strength, configurationOf(call, strength)) };
}

/** `POST .../{id}/combinationConfigurations`: 201; for `fido2` only. */
export function createConfiguration(call: SignedCall): Answer {
  const strength = customStrength(call);
  const { effectiveSwitches: switches } = call.tenant;
  const body = objectBody(call);
  const read = readConfiguration(body, strength.allowedCombinations, switches);
  const unknown = unknownProperties(body, CONFIGURATION, switches);
  if (strength.combinationConfigurations.length > 0) {
    refuseSecond(call);
  }
  const { "@odata.type": type, ...members } = read;
  const configuration: CombinationConfiguration = {
    "@odata.type": type,
    id: randomUUID(),
    ...members,
    ...unknown,
  };
  store(call, {
    ...strength,
    combinationConfigurations: [...strength.combinationConfigurations, configuration],
  });
  const headers = { Location: `${call.url.href}/${configuration.id}` };
  return { status: 201, body: configurationEntity(call, strength, configuration), headers };
}

/** `PATCH .../{id}/combinationConfigurations/{id}`: 204; the list of models is replaced whole. */
export function updateConfiguration(call: SignedCall): Answer {
  const strength = customStrength(call);
  const before = configurationOf(call, strength);
  const body = objectBody(call);
  const after: CombinationConfiguration = {
    ...before,
    ...unknownProperties(body, CONFIGURATION, call.tenant.effectiveSwitches),
    ...(body["appliesToCombinations"] === undefined
      ? {}
      : { appliesToCombinations: readApplies(body["appliesToCombinations"], strength.allowedCombinations) }),
    ...(body["allowedAAGUIDs"] === undefined
      ? {}
      : { allowedAAGUIDs: readAaguids(body["allowedAAGUIDs"], call.tenant.effectiveSwitches) }),
  };
  const all = strength.combinationConfigurations.map((other) => (other === before ? after : other));
  store(call, { ...strength, combinationConfigurations: all });
  return { status: 204 };
}

/** `DELETE .../{id}/combinationConfigurations/{id}`: 204. */
export function deleteConfiguration(call: SignedCall): Answer {
  const strength = customStrength(call);
  const found = configurationOf(call, strength);
  const rest = strength.combinationConfigurations.filter((other) => other !== found);
  store(call, { ...strength, combinationConfigurations: rest });
  return { status: 204 };
}

function inlineConfigurations(call: SignedCall, body: JsonObject, allowed: string[]): CombinationConfiguration[] {
  const { combinationConfigurations: sent = [] } = body;
  const { effectiveSwitches: switches } = call.tenant;
  if (!Array.isArray(sent)) {
    throw graphErrors.badRequest("combinationConfigurations has to be an array.");
  }
  if (sent.length === 0 || switches.inlineConfigurations === "ignored") {
    return [];
  }
  if (switches.inlineConfigurations === "refused") {
    throw graphErrors.badRequest("combinationConfigurations cannot be created together with the strength.");
  }
  if (sent.length > 1) {
    refuseSecond(call);
  }
  return sent.map((one) => {
    const { "@odata.type": type, ...members } = readConfiguration(one, allowed, switches);
    return { "@odata.type": type, id: randomUUID(), ...members };
  });
}

function refuseSecond(call: SignedCall): void {
  if (call.tenant.effectiveSwitches.secondConfiguration === "refused") {
    throw graphErrors.badRequest("The combination 'fido2' has a configuration already.");
  }
}

function refuseTakenName(call: SignedCall, displayName: string, own?: AuthenticationStrength): void {
  const { strengths, effectiveSwitches } = call.tenant;
  const taken = strengths.all.some((other) => other !== own && other.displayName === displayName);
  if (taken && effectiveSwitches.strengthNameTaken === "refused") {
    throw graphErrors.badRequest(`An authentication strength '${displayName}' exists already.`);
  }
}

/** Ids of the Conditional Access policies that ask for a strength. */
function referencesTo(call: SignedCall, { id }: AuthenticationStrength): string[] {
  return call.tenant.conditionalAccess.all.flatMap(({ id: policy, strength }) =>
    strength !== undefined && sameId(strength, id) ? policy : [],
  );
}

/** The strength in the path, for a request that writes it. */
function customStrength(call: SignedCall): AuthenticationStrength {
  requirePremium(call);
  const strength = strengthOf(call, call.tenant.strengths.all);
  if (strength.policyType === "builtIn") {
    throw graphErrors.badRequest(`The authentication strength '${strength.displayName}' is built in and read-only.`);
  }
  return strength;
}

/** What a read sees, which may be stale. */
function seen(call: SignedCall): readonly AuthenticationStrength[] {
  return call.tenant.read("strengths").strengths;
}

function strengthOf(call: SignedCall, all: readonly AuthenticationStrength[]): AuthenticationStrength {
  const id = call.params["id"] ?? "";
  const found = all.find((strength) => sameId(strength.id, id));
  if (found === undefined) {
    throw graphErrors.notFound(id);
  }
  return found;
}

function configurationOf(call: SignedCall, strength: AuthenticationStrength): CombinationConfiguration {
  const id = call.params["configuration"] ?? "";
  const found = strength.combinationConfigurations.find((one) => sameId(one.id, id));
  if (found === undefined) {
    throw graphErrors.notFound(id);
  }
  return found;
}

function store(call: SignedCall, strength: AuthenticationStrength): void {
  call.tenant.strengths.put({ ...strength, modifiedDateTime: graphTime() });
}

function entity(call: SignedCall, strength: AuthenticationStrength): object {
  return { "@odata.context": context(call, `${STRENGTHS}/$entity`), ...strengthObject(call, strength) };
}

function configurationEntity(
  call: SignedCall,
  strength: AuthenticationStrength,
  configuration: CombinationConfiguration,
): object {
  return {
    "@odata.context": context(call, `${configurationsOf(strength)}/$entity`),
    ...structuredClone(configuration),
  };
}

function requireKnownExpand(call: SignedCall): void {
  const expand = call.query.get("$expand");
  if (expand !== null && expand !== "combinationConfigurations") {
    throw graphErrors.notImplemented(`$expand '${expand}' here`);
  }
}
