import type { Affected, PreviewReport, TenantReport } from "../../provider/dist/report/preview/model.js";

const TENANT = "5c1f0b6e-6d0c-4a8b-9a0e-2f6f6f1c7d11";

const models = (count: number) => Array.from({ length: count }, (_, index) => `Security Key ${index + 1} NFC`);

/** People whose outcomes come in the order of the report. */
export function affected(lockedOut: number, stranded: number, unknown: number, reduced: number): Affected[] {
  const people = (outcome: Affected["outcome"], count: number, reason: string) =>
    Array.from({ length: count }, (_, index) => ({
      person: `${outcome.slice(0, 1)}${(index * 7_919 + 40_503).toString(16).padStart(7, "0")}`,
      outcome,
      reasons: index % 5 === 4 ? [reason, "excluded through group Contractors"] : [reason],
    }));
  return [
    ...people("lockedOut", lockedOut, "YubiKey 5 Series with NFC is not accepted by profile Nurses"),
    ...people("stranded", stranded, "synced passkeys are not accepted by profile Nurses"),
    ...people("unknown", unknown, "the methods of the person could not be read"),
    ...people("reduced", reduced, "Microsoft Authenticator is not accepted by profile Nurses"),
  ];
}

const KEYS = ["YubiKey 5 Series with NFC", "Microsoft Authenticator for iOS", "Windows Hello", "Synced passkey"];

const decided = (before: "yes" | "no" | "unknown", after: "yes" | "no" | "unknown", reason: string) => ({
  before,
  after,
  reason,
});

/** A tenant in which something of every kind happens. */
export const tenant: TenantReport = {
  tenant: TENANT,
  verdict: { level: "lockout", code: 3, sentence: "3 people would be locked out and 9 stranded." },
  stacks: ["hospital/prod", "hospital/network"],
  mode: "profiles",
  source: "live",
  general: [{ name: "Self-service registration", before: ["allowed"], after: ["not allowed"] }],
  personas: [
    {
      profile: "Nurses",
      id: "3d2c6c1e-54b1-4a52-8c8a-6ad5c0f6a001",
      change: "changed",
      groups: { before: ["Ward nurses"], after: ["Ward nurses", "Night nurses"] },
      words: [
        "Synced passkeys are no longer accepted.",
        "2 models come to the list and 1 goes from it.",
        "Group Night nurses has this profile from now on.",
      ],
      rows: [
        { name: "Passkey types", before: ["device-bound", "synced"], after: ["device-bound"] },
        { name: "Attestation", before: ["not asked for"], after: ["asked for at registration"] },
        { name: "Key restrictions", before: ["only these 31 AAGUIDs"], after: ["only these 32 AAGUIDs"] },
        {
          name: "Models",
          before: [...models(30), "YubiKey 5 Series with NFC"],
          after: [...models(30), "YubiKey 5 FIPS Series with NFC", "eWBM eFA310 FIDO2 Authenticator"],
        },
      ],
    },
    {
      profile: "Kiosks",
      id: "3d2c6c1e-54b1-4a52-8c8a-6ad5c0f6a002",
      change: "new",
      groups: { before: [], after: ["Kiosks"] },
      words: ["The profile is new."],
      rows: [
        { name: "Passkey types", before: [], after: ["device-bound"] },
        { name: "Attestation", before: [], after: ["asked for at registration"] },
      ],
    },
    {
      profile: "Default passkey profile",
      id: "00000000-0000-0000-0000-000000000001",
      change: "unchanged",
      groups: { before: ["all users"], after: ["all users"] },
      words: [],
      rows: [{ name: "Passkey types", before: ["device-bound", "synced"], after: ["device-bound", "synced"] }],
    },
  ],
  groups: [
    { group: "Night nurses", before: ["Default passkey profile"], after: ["Default passkey profile", "Nurses"] },
    { group: "Contractors", before: ["Default passkey profile"], after: ["excluded"] },
    { group: "Kiosks", before: [], after: ["Kiosks"] },
  ],
  people: {
    source: "the tenant, 1,204 people with 1,590 passkeys",
    counts: { lockedOut: 3, stranded: 9, unknown: 2, reduced: 41, keeps: 1_149 },
    reasons: [
      { outcome: "lockedOut", people: 3, reason: "YubiKey 5 Series with NFC is not accepted by profile Nurses" },
      { outcome: "stranded", people: 7, reason: "synced passkeys are not accepted by profile Nurses" },
      { outcome: "stranded", people: 2, reason: "excluded through group Contractors" },
      { outcome: "unknown", people: 2, reason: "the methods of the person could not be read" },
      { outcome: "reduced", people: 41, reason: "Microsoft Authenticator is not accepted by profile Nurses" },
    ],
    notes: [
      "4 people with a disabled account would return without a key.",
      "12 keys are accepted although not proven: they were registered without attestation.",
    ],
  },
  exposure: [
    {
      text: "eWBM eFA310 FIDO2 Authenticator becomes acceptable to group Ward nurses (88 people)",
      guarded: "exclusive",
    },
    { text: "unattested keys become acceptable to group Helpdesk (6 people)", guarded: "admins" },
    { text: "YubiKey 5 FIPS Series with NFC becomes acceptable to group Night nurses" },
  ],
  plans: [
    {
      stack: "hospital/prod",
      resource: "PasskeyPolicy passkeys",
      operation: "update",
      digest: "9f86d081884c7d65",
      steps: [
        {
          kind: "enforceWindow",
          reason: "enforce the list of profile Nurses with both models on it",
          risk: "until the next step only listed models work; keys in the inventory are on the list",
        },
        { kind: "change", reason: "profiles, targets and settings in one step" },
        { kind: "remove", reason: "remove 1 profile(s) that no target names any more" },
      ],
      refusals: [
        "3 people would be locked out: no method to sign in with is left (3: YubiKey 5 Series with NFC is not accepted by profile Nurses).",
        "Group Ward nurses, whose profile is exclusive, gains eWBM eFA310 FIDO2 Authenticator.",
      ],
      acknowledgement:
        'acknowledge: {\n  plan: "9f86d081884c7d65",\n  lockedOut: 3,\n  stranded: 9,\n  exposure: true,\n  until: "2026-12-02",\n  reason: "...",\n},',
    },
    {
      stack: "hospital/network",
      resource: "PasskeyGroupTarget contractors",
      operation: "delete",
      digest: "0b1e5c7a99aa01ff",
      steps: [{ kind: "untarget", reason: "take the group out of the targets" }],
      refusals: [],
      acknowledged: { until: "2026-12-02", reason: "the contract ends that day" },
    },
  ],
  size: { bytes: { before: 14_210, after: 18_922, limit: 20_480 }, profiles: { before: 2, after: 3, limit: 3 } },
  drift: [
    {
      stack: "hospital/prod",
      resource: "PasskeyPolicy passkeys",
      part: "self-service registration",
      written: ["allowed"],
      now: ["not allowed"],
      repaired: true,
    },
    {
      stack: "hospital/prod",
      resource: "PasskeyPolicy passkeys",
      part: "models of profile Nurses",
      written: ["Security Key 1 NFC", "Security Key 2 NFC"],
      now: [],
      repaired: false,
    },
  ],
  warnings: [
    { code: "compromisedModel", text: "eWBM eFA310 FIDO2 Authenticator is reported as revoked by the FIDO metadata." },
    { code: "noBreakGlass", text: "No break-glass account is declared." },
  ],
  checks: [
    { id: "AF01", title: "The method is enabled", before: "pass", after: "pass" },
    { id: "AF02", title: "Self-service registration is allowed", before: "pass", after: "fail" },
    { id: "AF03", title: "Attestation is enforced", before: "fail", after: "pass" },
    { id: "AF04", title: "Key restrictions are enforced", before: "pass", after: "pass" },
    { id: "AF05", title: "Models are listed", before: "unknown", after: "pass" },
    { id: "AF06", title: "The list allows models", before: "skipped", after: "pass" },
  ],
  unread: ["Conditional Access could not be read (403), so strengths that ask for passkeys are not known."],
  others: [
    {
      stack: "hospital/prod",
      resource: "azuread:index/conditionalAccessPolicy:ConditionalAccessPolicy nurses",
      operation: "update",
      lines: ["state: enabledForReportingButNotEnforced -> enabled", "conditions.users.includedGroups: +1"],
    },
    { stack: "hospital/network", resource: "azuread:index/group:Group kiosks", operation: "create", lines: [] },
  ],
  matrix: {
    keys: KEYS,
    keysLeftOut: 28,
    rows: ["all users", "Ward nurses", "Night nurses", "Contractors"].map((name, group) => ({
      name,
      cells: KEYS.map((_, key) => {
        if (group === 3) {
          const gone = decided(key === 2 ? "no" : "yes", "no", "excluded through group Contractors");
          return { register: gone, signIn: gone };
        }
        if (group === 1 && key === 0) {
          const reason = "profile Nurses does not list it";
          return { register: decided("yes", "no", reason), signIn: decided("yes", "no", reason) };
        }
        if (group === 1 && key === 3) {
          return {
            register: decided("yes", "no", "profile Nurses takes no synced passkeys"),
            signIn: decided("yes", "unknown", "the other groups of the members could not be read"),
          };
        }
        const reason = "Default passkey profile accepts it";
        return { register: decided("yes", "yes", reason), signIn: decided("yes", "yes", reason) };
      }),
    })),
  },
  affected: affected(3, 9, 2, 41),
};

/** A report with everything in it. */
export const sample: PreviewReport = {
  kind: "entra-passkeys/report",
  version: 1,
  verdict: {
    level: "lockout",
    code: 3,
    sentence: "3 people would be locked out and 9 stranded, and weaker keys become acceptable to 1 exclusive group.",
  },
  failures: [{ stack: "school/prod", reason: "the preview ended with an error: group Pupils does not exist." }],
  tenants: [tenant],
};

/** A tenant in which nothing happens. */
export const quietTenant: TenantReport = {
  tenant: "77777777-6d0c-4a8b-9a0e-2f6f6f1c7d11",
  verdict: { level: "nothing", code: 0, sentence: "Nothing changes." },
  stacks: ["school/prod"],
  mode: "legacy",
  source: "saved",
  general: [],
  personas: [],
  groups: [],
  exposure: [],
  plans: [],
  size: { bytes: { before: 900, after: 900, limit: 20_480 }, profiles: { before: 0, after: 0, limit: 3 } },
  drift: [],
  warnings: [],
  checks: [],
  unread: [],
  others: [],
  matrix: { keys: [], rows: [], keysLeftOut: 0 },
  affected: [],
};

/** A report of a change that changes nothing. */
export const quiet: PreviewReport = {
  kind: "entra-passkeys/report",
  version: 1,
  verdict: { level: "nothing", code: 0, sentence: "Nothing changes." },
  failures: [],
  tenants: [quietTenant],
};
