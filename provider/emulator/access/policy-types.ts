import type { JsonObject } from "../http/body.js";
import { boolean, flags, integer, list, members, nullable, openEnum, string, type Reader } from "../readers.js";

/**
 * Checks the parts of a body against the types of Graph's schema; what the schema does not have, and annotations, pass.
 *
 * @param stored JSON text of the stored policy: a word that is in it may be sent back although it is not known here
 * @throws BodyError naming the place
 * @see https://learn.microsoft.com/graph/api/resources/conditionalaccesspolicy
 */
export function checkPolicyTypes(body: JsonObject, stored: string): void {
  const word =
    (...known: string[]): Reader =>
    (value, at) =>
      openEnum(value, at, known, stored);
  const combined =
    (...known: string[]): Reader =>
    (value, at) =>
      flags(value, at, known, stored);
  const object =
    (readers: Record<string, Reader>): Reader =>
    (value, at) =>
      members(value, at, readers);
  const part = (readers: Record<string, Reader>) => nullable(object(readers));

  const strings = list(string);
  const risks = list(word("low", "medium", "high", "hidden", "none"));
  const filter = part({ mode: word("include", "exclude"), rule: string });
  const platforms = list(word("android", "iOS", "windows", "windowsPhone", "macOS", "linux", "all"));
  const guests = part({
    guestOrExternalUserTypes: combined(
      "none",
      "internalGuest",
      "b2bCollaborationGuest",
      "b2bCollaborationMember",
      "b2bDirectConnectUser",
      "otherExternalUser",
      "serviceProvider",
    ),
    externalTenants: part({ membershipKind: nullable(word("all", "enumerated")), members: strings }),
  });
  const conditions = object({
    users: part({
      includeUsers: strings,
      excludeUsers: strings,
      includeGroups: strings,
      excludeGroups: strings,
      includeRoles: strings,
      excludeRoles: strings,
      includeGuestsOrExternalUsers: guests,
      excludeGuestsOrExternalUsers: guests,
    }),
    applications: part({
      includeApplications: strings,
      excludeApplications: strings,
      includeUserActions: strings,
      includeAuthenticationContextClassReferences: strings,
      applicationFilter: filter,
    }),
    clientAppTypes: list(
      word("all", "browser", "mobileAppsAndDesktopClients", "exchangeActiveSync", "easSupported", "other"),
    ),
    userRiskLevels: risks,
    signInRiskLevels: risks,
    servicePrincipalRiskLevels: risks,
    insiderRiskLevels: nullable(combined("minor", "moderate", "elevated")),
    platforms: part({ includePlatforms: platforms, excludePlatforms: platforms }),
    locations: part({ includeLocations: strings, excludeLocations: strings }),
    devices: part({ deviceFilter: filter }),
    clientApplications: part({
      includeServicePrincipals: strings,
      excludeServicePrincipals: strings,
      servicePrincipalFilter: filter,
    }),
    authenticationFlows: part({ transferMethods: combined("none", "deviceCodeFlow", "authenticationTransfer") }),
  });
  const grantControls = part({ customAuthenticationFactors: strings, termsOfUse: strings });
  const isEnabled = nullable(boolean);
  const sessionControls = part({
    applicationEnforcedRestrictions: part({ isEnabled }),
    cloudAppSecurity: part({
      isEnabled,
      cloudAppSecurityType: nullable(word("mcasConfigured", "monitorOnly", "blockDownloads")),
    }),
    disableResilienceDefaults: nullable(boolean),
    persistentBrowser: part({ isEnabled, mode: nullable(word("always", "never")) }),
    secureSignInSession: part({ isEnabled }),
    signInFrequency: part({
      isEnabled,
      authenticationType: nullable(word("primaryAndSecondaryAuthentication", "secondaryAuthentication")),
      frequencyInterval: nullable(word("timeBased", "everyTime")),
      type: nullable(word("days", "hours")),
      value: nullable(integer),
    }),
  });
  const readers: Record<string, Reader> = {
    description: nullable(string),
    conditions,
    grantControls,
    sessionControls,
  };
  for (const [name, reader] of Object.entries(readers)) {
    if (body[name] !== undefined) {
      reader(body[name], name);
    }
  }
}
