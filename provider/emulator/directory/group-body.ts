import { graphErrors } from "../errors.js";
import type { JsonObject } from "../http/body.js";
import { boolean, list, nullable, orBadRequest, string, type Reader } from "../readers.js";
import type { Switches } from "../switches.js";
import { unknownProperties } from "../unknown-properties.js";

const text = nullable(string);
const flag = nullable(boolean);
const strings = list(string);
const asSent: Reader = (value) => value;

/**
 * What of a group can be written.
 *
 * @see https://learn.microsoft.com/graph/api/group-update
 * @see https://learn.microsoft.com/graph/api/resources/group
 */
const WRITABLE: Record<string, Reader> = {
  // Cannot be cleared.
  displayName: string,
  description: text,
  classification: text,
  groupTypes: strings,
  isAssignableToRole: flag,
  mailEnabled: flag,
  mailNickname: text,
  membershipRule: text,
  membershipRuleProcessingState: text,
  preferredDataLocation: text,
  preferredLanguage: text,
  resourceBehaviorOptions: strings,
  resourceProvisioningOptions: strings,
  securityEnabled: flag,
  theme: text,
  uniqueName: text,
  visibility: text,
  allowExternalSenders: flag,
  autoSubscribeNewMembers: flag,
  hideFromAddressLists: flag,
  hideFromOutlookClients: flag,
  isSubscribedByMail: flag,
  assignedLabels: asSent,
  writebackConfiguration: nullable(asSent),
};

/** Set by the service. What it answers to a write of them is nowhere written; a loud answer hides nothing. */
const READ_ONLY = [
  "deletedDateTime",
  "createdDateTime",
  "creationOptions",
  "expirationDateTime",
  "renewedDateTime",
  "mail",
  "proxyAddresses",
  "securityIdentifier",
  "onPremisesDomainName",
  "onPremisesLastSyncDateTime",
  "onPremisesNetBiosName",
  "onPremisesSamAccountName",
  "onPremisesSecurityIdentifier",
  "onPremisesSyncEnabled",
  "onPremisesProvisioningErrors",
  "serviceProvisioningErrors",
  "isManagementRestricted",
  "hasMembersWithLicenseErrors",
  "assignedLicenses",
  "licenseProcessingState",
];

/**
 * The properties of a group in a POST or a PATCH, without annotations and the id.
 *
 * @throws GraphHttpError 400 for a value of the wrong type, a read-only property or, by the switch
 *   `unknownProperties`, one that a group does not have
 */
export function readGroup(body: JsonObject, switches: Switches): JsonObject {
  const readOnly = READ_ONLY.find((name) => body[name] !== undefined);
  if (readOnly !== undefined) {
    throw graphErrors.badRequest(`Property '${readOnly}' is read-only and cannot be set.`);
  }
  const unknown = unknownProperties(body, ["id", ...Object.keys(WRITABLE)], switches);
  const known = Object.entries(WRITABLE).filter(([name]) => body[name] !== undefined);
  const read = orBadRequest(() => known.map(([name, reader]) => [name, reader(body[name], name)]));
  return { ...(Object.fromEntries(read) as JsonObject), ...unknown };
}
