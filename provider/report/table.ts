import { normalizePolicy } from "../policy/index.js";
import type { Fido2Policy, NormalPolicy, NormalProfile } from "../policy/index.js";
import { table } from "./columns.js";
import { familyWords, modelList, restrictionWords } from "./models.js";
import { attestationWords, groupWords, profileWords, typeWords } from "./words.js";
import type { ReportOptions } from "./words.js";

/**
 * A policy as a table for people: who may use which profile, and what each profile accepts, with the names of the
 * models. Lines end in `\n`, the last one without.
 *
 * @example
 * console.log(policyTable(policy, { groupName: (id) => names.get(id) }));
 */
export function policyTable(policy: Fido2Policy, options: ReportOptions = {}): string {
  const normal = normalizePolicy(policy);
  return [
    ...table(generalRows(normal)),
    "",
    ...table([["Who", "Profiles"], ...targetRows(normal, options)]),
    ...normal.profiles.flatMap((profile) => ["", ...profileLines(profile, normal)]),
  ].join("\n");
}

type Row = [string, string];

function generalRows(policy: NormalPolicy): Row[] {
  const selfService = policy.isSelfServiceRegistrationAllowed;
  const modes = {
    profiles: "passkey profiles",
    legacy: "tenant-wide settings (not opted in to profiles)",
    unknown: "unknown",
  };
  return [
    ["Passkeys", policy.state ?? "unknown"],
    ["Self-service registration", selfService === undefined ? "unknown" : selfService ? "allowed" : "not allowed"],
    ["Mode", modes[policy.mode]],
  ];
}

function targetRows(policy: NormalPolicy, options: ReportOptions): Row[] {
  const included = policy.includeTargets.map(({ id, profiles }): Row => {
    const names = profiles.map((profile) => profileWords(profile, policy));
    return [groupWords(id, options), names.join(", ") || "unknown"];
  });
  const excluded = policy.excludeTargets.map(({ id }): Row => [groupWords(id, options), "excluded: no passkey at all"]);
  const rows = [...included, ...excluded];
  return rows.length > 0 ? rows : [["nobody", ""]];
}

function profileLines(profile: NormalProfile, policy: NormalPolicy): string[] {
  const restrictions = profile.keyRestrictions;
  const rows: Row[] = [
    ["Passkey types", typeWords(profile.passkeyTypes)],
    ["Attestation", attestationWords(profile.attestationEnforcement)],
    ...familyWords(restrictions),
    ["Key restrictions", restrictionWords(restrictions)],
    ...modelList(restrictions.aaGuids ?? []).map((name): Row => ["", `- ${name}`]),
  ];
  return [`Profile: ${profileWords(profile.id, policy)}`, ...table(rows, "  ")];
}
