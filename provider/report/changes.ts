import { diffPolicy, normalizePolicy, parseFacet, splitFlags } from "../policy/index.js";
import type { FacetChange, FacetValue, Fido2Policy, NormalPolicy, ProfilePart } from "../policy/index.js";
import { modelList } from "./models.js";
import { attestationWords, groupWords, profileWords, typeWords } from "./words.js";
import type { ReportOptions } from "./words.js";

/**
 * What differs between two policies, one line for each part and for each model that a list gained (`+`) or lost (`-`);
 * `no changes` where they mean the same.
 */
export function changesText(before: Fido2Policy, after: Fido2Policy, options: ReportOptions = {}): string {
  const policies: [NormalPolicy, NormalPolicy] = [normalizePolicy(after), normalizePolicy(before)];
  const lines = diffPolicy(before, after).flatMap((change) => changeLines(change, policies, options));
  return lines.join("\n") || "no changes";
}

const PARTS: Readonly<Record<ProfilePart, string>> = {
  passkeyTypes: "passkey types",
  attestationEnforcement: "attestation",
  isEnforced: "key restrictions enforced",
  enforcementType: "kind of list",
  aaGuids: "models",
};

function changeLines(change: FacetChange, policies: NormalPolicy[], options: ReportOptions): string[] {
  const facet = parseFacet(change.facet);
  switch (facet.kind) {
    case "state":
      return [line("passkeys", change, String)];
    case "isSelfServiceRegistrationAllowed":
      return [line("self-service registration", change, (value) => (value === true ? "allowed" : "not allowed"))];
    case "include":
      return [line(`target ${groupWords(facet.group, options)}`, change, (value) => includeWords(value, policies))];
    case "exclude":
      return [line(`exclude ${groupWords(facet.group, options)}`, change, () => "excluded")];
    case "profile":
      return [line(`profile ${profileWords(facet.profile, ...policies)}`, change, profileName)];
    case "listed":
      return [line(`profile ${profileWords(facet.profile, ...policies)}, ${facet.aaguid}`, change, String)];
    case "aaGuids":
      return modelLines(`profile ${profileWords(facet.profile, ...policies)}`, change);
    default: {
      const name = `profile ${profileWords(facet.profile, ...policies)}, ${PARTS[facet.kind]}`;
      return [line(name, change, (value) => partWords(facet.kind as ProfilePart, value))];
    }
  }
}

function line(name: string, { before, after }: FacetChange, words: (value: FacetValue) => string): string {
  if (before === null) return `+ ${name}: ${words(after)}`;
  if (after === null) return `- ${name}: ${words(before)}`;
  return `~ ${name}: ${words(before)} -> ${words(after)}`;
}

const profileName = (value: FacetValue) => (value as { name: string }).name || "(no name)";

function includeWords(value: FacetValue, policies: NormalPolicy[]): string {
  const { profiles } = value as { profiles: readonly string[] };
  return profiles.map((id) => profileWords(id, ...policies)).join(", ") || "no profile";
}

function partWords(part: ProfilePart, value: FacetValue): string {
  if (part === "passkeyTypes") return typeWords(splitFlags(value as string));
  if (part === "attestationEnforcement") return attestationWords(value as string);
  return typeof value === "boolean" ? (value ? "yes" : "no") : String(value);
}

function modelLines(name: string, { before, after }: FacetChange): string[] {
  const ids = (value: FacetValue) => ((value ?? []) as readonly string[]).map((id) => id.toLowerCase());
  const [old, now] = [ids(before), ids(after)];
  return [
    ...modelList(now.filter((id) => !old.includes(id))).map((model) => `+ ${name}, model: ${model}`),
    ...modelList(old.filter((id) => !now.includes(id))).map((model) => `- ${name}, model: ${model}`),
  ];
}
