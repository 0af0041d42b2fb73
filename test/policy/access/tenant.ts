/** Documents as Graph answers them, for the tables of this folder. */
import { readAccess } from "../../../provider/dist/policy/access/index.js";
import type { AccessDocuments, Device, KeyModel, Newcomer } from "../../../provider/dist/policy/access/index.js";
import { normalizePolicy } from "../../../provider/dist/policy/index.js";
import type { Fido2Policy, NormalPolicy, PasskeyProfile } from "../../../provider/dist/policy/index.js";
import { allow, DEFAULT_ID, include, KEY_A, profile, profilePolicy, STRICT_ID, STUDENTS } from "../util.ts";

export const USER = "a1000000-0000-4000-8000-0000000000cd";
export const AUTHENTICATOR_APP = "6aa00308-ea33-4caa-90d6-ae905d8cb51b";

export const newcomer = (parts: Partial<Newcomer> = {}): Newcomer => ({
  user: USER,
  groups: [STUDENTS],
  isAdmin: false,
  hasPassword: true,
  otherMethods: [],
  ...parts,
});

export const KEY: KeyModel = { aaguid: KEY_A, passkeyType: "deviceBound", attested: true };
export const PAW: Device = {
  isRegistered: true,
  isManaged: true,
  isCompliant: true,
  isHybridJoined: false,
  extensionAttributes: { extensionAttribute1: "PAW" },
};

/** Students have a strict profile; nobody else has one. */
export const passkeys = (parts: Partial<Fido2Policy> = {}, strict: Partial<PasskeyProfile> = {}): NormalPolicy =>
  normalizePolicy(
    profilePolicy(
      [
        profile(DEFAULT_ID),
        profile(STRICT_ID, {
          name: "Students",
          attestationEnforcement: "registrationOnly",
          keyRestrictions: allow(KEY_A),
          ...strict,
        }),
      ],
      { includeTargets: [include(STUDENTS, STRICT_ID)], ...parts },
    ),
  );

export const pass = (parts: object = {}) => ({
  "@odata.type": "#microsoft.graph.temporaryAccessPassAuthenticationMethodConfiguration",
  id: "TemporaryAccessPass",
  state: "enabled",
  isUsableOnce: true,
  defaultLifetimeInMinutes: 60,
  minimumLifetimeInMinutes: 60,
  maximumLifetimeInMinutes: 480,
  defaultLength: 8,
  includeTargets: [{ id: STUDENTS, targetType: "group", isRegistrationRequired: false }],
  excludeTargets: [],
  ...parts,
});

export const [BOOTSTRAP, KEYS_ONLY, MFA] = ["b1", "b2", "b3"].map((b) => `${b}000000-0000-4000-8000-000000000001`);

export const strength = (id: string | undefined, allowedCombinations: string[], ...allowedAAGUIDs: string[]) => ({
  id,
  displayName: `strength ${id!.slice(0, 2)}`,
  policyType: "custom",
  requirementsSatisfied: "mfa",
  allowedCombinations,
  combinationConfigurations:
    allowedAAGUIDs.length === 0
      ? []
      : [
          {
            "@odata.type": "#microsoft.graph.fido2CombinationConfiguration",
            id: "c1",
            appliesToCombinations: ["fido2"],
            allowedAAGUIDs,
          },
        ],
});

export const STRENGTHS = [
  strength(BOOTSTRAP, ["fido2", "temporaryAccessPassOneTime"], KEY_A),
  strength(KEYS_ONLY, ["fido2"], KEY_A),
  strength(MFA, ["fido2", "temporaryAccessPassOneTime", "temporaryAccessPassMultiUse", "password,sms"]),
];

export const NO_CONTROLS = { operator: "OR", builtInControls: [], customAuthenticationFactors: [], termsOfUse: [] };
export const asks = (id: string | undefined, parts: object = {}) => ({
  ...NO_CONTROLS,
  authenticationStrength: { id },
  ...parts,
});
export const control = (...builtInControls: string[]) => ({
  ...NO_CONTROLS,
  builtInControls,
  authenticationStrength: null,
});

const conditions = (parts: object) => ({
  users: {
    includeUsers: [],
    excludeUsers: [],
    includeGroups: [STUDENTS],
    excludeGroups: [],
    includeRoles: [],
    excludeRoles: [],
  },
  clientAppTypes: ["all"],
  devices: null,
  locations: null,
  platforms: null,
  signInRiskLevels: [],
  userRiskLevels: [],
  ...parts,
});

/** A policy on registering security information. */
export const registering = (grantControls: unknown, parts: object = {}, more: object = {}) => ({
  id: "c1",
  displayName: "Register",
  state: "enabled",
  conditions: conditions({
    applications: { includeApplications: [], includeUserActions: ["urn:user:registersecurityinfo"] },
    ...more,
  }),
  grantControls,
  ...parts,
});

/** A policy on all resources. */
export const everywhere = (grantControls: unknown, parts: object = {}, more: object = {}) => ({
  id: "c2",
  displayName: "Sign in",
  state: "enabled",
  conditions: conditions({
    applications: { includeApplications: ["All"], excludeApplications: [], includeUserActions: [] },
    ...more,
  }),
  grantControls,
  ...parts,
});

export const REPORT_ONLY = { state: "enabledForReportingButNotEnforced" };

/** A tenant in which a pupil registers with a pass that works once, and signs in with a key. */
export const documents = (
  conditionalAccess: object[] = [registering(asks(BOOTSTRAP)), everywhere(asks(KEYS_ONLY))],
  temporaryAccessPass: unknown = pass(),
): AccessDocuments & { policy: NormalPolicy } => ({
  policy: passkeys(),
  ...readAccess({ conditionalAccess, strengths: STRENGTHS, temporaryAccessPass }),
});
