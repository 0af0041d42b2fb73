import { graphErrors } from "../errors.js";
import { isGuid } from "../guid.js";
import { isObject, type JsonObject } from "../http/body.js";
import type { Switches } from "../switches.js";
import { canonical, FIDO2_CONFIGURATION } from "./strengths.js";

/** Methods of which combinations are made; a combination joins them with commas. */
const MODES = [
  "password",
  "voice",
  "hardwareOath",
  "softwareOath",
  "sms",
  "fido2",
  "windowsHelloForBusiness",
  "microsoftAuthenticatorPush",
  "deviceBasedPush",
  "temporaryAccessPassOneTime",
  "temporaryAccessPassMultiUse",
  "email",
  "x509CertificateSingleFactor",
  "x509CertificateMultiFactor",
  "federatedSingleFactor",
  "federatedMultiFactor",
  "qrCodePin",
];

const X509_CONFIGURATION = "#microsoft.graph.x509CertificateCombinationConfiguration";

/** A name or a description that is sent; undefined when it is not. */
export function readText(body: JsonObject, name: string): string | undefined {
  const value = body[name];
  if (value === undefined || typeof value === "string") {
    return value;
  }
  throw graphErrors.badRequest(`${name} has to be a string.`);
}

/** The combinations of a strength, as they were written. */
export function readCombinations(value: unknown): string[] {
  if (!Array.isArray(value) || value.length === 0) {
    throw graphErrors.badRequest("allowedCombinations has to be an array of at least one combination.");
  }
  return value.map((combination: unknown) => {
    const unknown = String(combination)
      .split(",")
      .find((mode) => !MODES.includes(mode.trim()));
    if (typeof combination !== "string" || unknown !== undefined) {
      throw graphErrors.badRequest(`'${String(combination)}' is no combination of ${MODES.join(", ")}.`);
    }
    return combination;
  });
}

/** A configuration without the id, which the service makes. */
export interface NewConfiguration {
  "@odata.type": string;
  appliesToCombinations: string[];
  allowedAAGUIDs: string[];
}

/**
 * Reads the body of a POST of a configuration.
 *
 * @param allowed combinations of the strength that it belongs to
 */
export function readConfiguration(body: unknown, allowed: readonly string[], switches: Switches): NewConfiguration {
  if (!isObject(body)) {
    throw graphErrors.badRequest("A combination configuration has to be an object.");
  }
  const type = body["@odata.type"];
  if (type === X509_CONFIGURATION) {
    throw graphErrors.notImplemented("configurations of certificates");
  }
  if (type !== FIDO2_CONFIGURATION) {
    throw graphErrors.badRequest(`A combination configuration needs "@odata.type": "${FIDO2_CONFIGURATION}".`);
  }
  return {
    "@odata.type": FIDO2_CONFIGURATION,
    appliesToCombinations: readApplies(body["appliesToCombinations"], allowed),
    allowedAAGUIDs: readAaguids(body["allowedAAGUIDs"], switches),
  };
}

/** The combinations that a configuration is for: `fido2` alone, which its strength has to allow. */
export function readApplies(value: unknown, allowed: readonly string[]): string[] {
  if (!Array.isArray(value) || value.length !== 1 || value[0] !== "fido2") {
    throw graphErrors.badRequest(`appliesToCombinations has to be ["fido2"].`);
  }
  if (!allowed.map(canonical).includes("fido2")) {
    throw graphErrors.badRequest(
      "appliesToCombinations names 'fido2', which the authentication strength does not allow.",
    );
  }
  return ["fido2"];
}

/** The models of a configuration, in the order and case in which they were sent. */
export function readAaguids(value: unknown, switches: Switches): string[] {
  if (!Array.isArray(value) || !value.every((aaguid) => typeof aaguid === "string")) {
    throw graphErrors.badRequest("allowedAAGUIDs has to be an array of strings.");
  }
  if (value.length === 0 && switches.emptyAllowedAaguids === "refused") {
    throw graphErrors.badRequest("allowedAAGUIDs cannot be empty.");
  }
  const bad = value.find((aaguid) => !isGuid(aaguid));
  if (bad !== undefined && switches.malformedAaguid === "refused") {
    throw graphErrors.badRequest(`allowedAAGUIDs: '${bad}' is no GUID.`);
  }
  return [...value];
}
