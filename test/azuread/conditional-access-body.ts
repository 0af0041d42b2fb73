import type { Value, Values } from "./types.ts";

const NAMESPACE = "#microsoft.graph.";
const STRENGTHS = "/policies/authenticationStrengthPolicies/";

/** The whole policy as the plugin sends it: lists that nobody sets are empty, objects are null. */
export function policyBody({ displayName, state, conditions, grantControls, sessionControls }: Values): object {
  return {
    "@odata.type": `${NAMESPACE}conditionalAccessPolicy`,
    displayName,
    state,
    conditions: conditionsBody(conditions as Values),
    grantControls: grantBody(grantControls as Values | undefined),
    sessionControls: sessionBody(sessionControls as Values | undefined),
  };
}

function conditionsBody({ applications, clientAppTypes, devices, users }: Values): object {
  const apps = applications as Values;
  const people = users as Values;
  const filter = (devices as Values | undefined)?.filter as Values | undefined;
  return {
    "@odata.type": `${NAMESPACE}conditionalAccessConditionSet`,
    applications: {
      "@odata.type": `${NAMESPACE}conditionalAccessApplications`,
      includeApplications: apps.includedApplications ?? [],
      excludeApplications: apps.excludedApplications ?? [],
      includeUserActions: apps.includedUserActions ?? [],
    },
    clientAppTypes,
    users: {
      "@odata.type": `${NAMESPACE}conditionalAccessUsers`,
      includeUsers: people.includedUsers ?? [],
      excludeUsers: people.excludedUsers ?? [],
      includeGroups: people.includedGroups ?? [],
      excludeGroups: people.excludedGroups ?? [],
      includeRoles: people.includedRoles ?? [],
      excludeRoles: people.excludedRoles ?? [],
      includeGuestsOrExternalUsers: null,
      excludeGuestsOrExternalUsers: null,
    },
    devices:
      devices == null
        ? null
        : {
            "@odata.type": `${NAMESPACE}conditionalAccessDevices`,
            deviceFilter: filter == null ? null : { "@odata.type": `${NAMESPACE}conditionalAccessFilter`, ...filter },
          },
    locations: null,
    platforms: null,
    authenticationFlows: null,
    signInRiskLevels: [],
    userRiskLevels: [],
    servicePrincipalRiskLevels: [],
  };
}

function grantBody(grant: Values | undefined): object | null {
  if (grant == null) return null;
  const strength = grant.authenticationStrengthPolicyId as string | undefined;
  return {
    "@odata.type": `${NAMESPACE}conditionalAccessGrantControls`,
    operator: grant.operator,
    builtInControls: grant.builtInControls ?? [],
    customAuthenticationFactors: grant.customAuthenticationFactors ?? [],
    termsOfUse: grant.termsOfUses ?? [],
    authenticationStrength: strength
      ? { "@odata.type": `${NAMESPACE}authenticationStrengthPolicy`, id: strength.slice(STRENGTHS.length) }
      : null,
  };
}

function sessionBody(session: Values | undefined): object | null {
  if (session == null) return null;
  const { signInFrequency: value, signInFrequencyPeriod: type } = session;
  const interval = session.signInFrequencyInterval || "timeBased";
  const often = Boolean(value) || interval === "everyTime";
  const body = {
    applicationEnforcedRestrictions: session.applicationEnforcedRestrictionsEnabled ? { isEnabled: true } : null,
    cloudAppSecurity: session.cloudAppSecurityPolicy
      ? { isEnabled: true, cloudAppSecurityType: session.cloudAppSecurityPolicy }
      : null,
    disableResilienceDefaults: session.disableResilienceDefaults || null,
    persistentBrowser: session.persistentBrowserMode ? { isEnabled: true, mode: session.persistentBrowserMode } : null,
    signInFrequency: often
      ? {
          isEnabled: true,
          authenticationType: session.signInFrequencyAuthenticationType || "primaryAndSecondaryAuthentication",
          frequencyInterval: interval,
          ...(value ? { value, type } : {}),
        }
      : null,
  };
  if (Object.values(body).every((part) => part === null)) return null;
  return { "@odata.type": `${NAMESPACE}conditionalAccessSessionControls`, ...body };
}

/** The outputs for a policy as Graph answers it. */
export function policyOutputs(policy: Record<string, unknown>): Values {
  const { id, displayName, state, conditions, grantControls, sessionControls } = policy as Values;
  const grant = grantControls as Values | null | undefined;
  const session = sessionControls as Values | null | undefined;
  return {
    objectId: id,
    displayName,
    state,
    conditions: conditionsOf(conditions as Values),
    ...(grant && { grantControls: grantOf(grant) }),
    ...(session && { sessionControls: sessionOf(session) }),
  };
}

function conditionsOf(conditions: Values): Values {
  const apps = (conditions.applications ?? {}) as Values;
  const people = (conditions.users ?? {}) as Values;
  const devices = conditions.devices as Values | null | undefined;
  const filter = devices?.deviceFilter as Values | null | undefined;
  return {
    applications: {
      includedApplications: apps.includeApplications ?? [],
      excludedApplications: apps.excludeApplications ?? [],
      includedUserActions: apps.includeUserActions ?? [],
    },
    clientAppTypes: conditions.clientAppTypes ?? [],
    ...(devices && { devices: filter ? { filter: { mode: filter.mode, rule: filter.rule } } : {} }),
    users: {
      includedUsers: people.includeUsers ?? [],
      excludedUsers: people.excludeUsers ?? [],
      includedGroups: people.includeGroups ?? [],
      excludedGroups: people.excludeGroups ?? [],
      includedRoles: people.includeRoles ?? [],
      excludedRoles: people.excludeRoles ?? [],
    },
  };
}

function grantOf(grant: Values): Value {
  const strength = grant.authenticationStrength as Values | null | undefined;
  return {
    operator: grant.operator ?? "",
    builtInControls: grant.builtInControls ?? [],
    authenticationStrengthPolicyId: strength ? `${STRENGTHS}${String(strength.id)}` : "",
    customAuthenticationFactors: grant.customAuthenticationFactors ?? [],
    termsOfUses: grant.termsOfUse ?? [],
  };
}

function sessionOf(session: Values): Value {
  const part = (name: string) => (session[name] ?? {}) as Values;
  const frequency = part("signInFrequency");
  return {
    applicationEnforcedRestrictionsEnabled: part("applicationEnforcedRestrictions").isEnabled ?? false,
    cloudAppSecurityPolicy: part("cloudAppSecurity").cloudAppSecurityType ?? "",
    disableResilienceDefaults: session.disableResilienceDefaults ?? false,
    persistentBrowserMode: part("persistentBrowser").mode ?? "",
    signInFrequency: frequency.value ?? 0,
    signInFrequencyAuthenticationType: frequency.authenticationType ?? "",
    signInFrequencyInterval: frequency.frequencyInterval ?? "",
    signInFrequencyPeriod: frequency.type ?? "",
  };
}
