import { parseFacet, splitFlags, type FacetValue } from "../../policy/index.js";
import { modelList } from "../models.js";
import { attestationWords, typeWords } from "../words.js";
import type { DriftFact } from "./facts.js";
import type { Drift } from "./model.js";
import type { Naming } from "./naming.js";

/** A part, what was written and what is there, in words. */
export type DriftWords = Pick<Drift, "part" | "written" | "now">;

/** A part that is not as it was written, in words. */
export function driftWords(
  { facet, written, now }: Pick<DriftFact, "facet" | "written" | "now">,
  naming: Naming,
): DriftWords {
  return {
    part: partWords(facet, naming),
    written: valueWords(facet, written, naming),
    now: valueWords(facet, now, naming),
  };
}

const PARTS: Readonly<Record<string, string>> = {
  passkeyTypes: "passkey types",
  attestationEnforcement: "attestation",
  isEnforced: "key restrictions enforced",
  enforcementType: "kind of list",
  aaGuids: "models",
  listed: "models",
};

function partWords(name: string, naming: Naming): string {
  const facet = parseFacet(name);
  switch (facet.kind) {
    case "state":
      return "whether passkeys are enabled";
    case "isSelfServiceRegistrationAllowed":
      return "self-service registration";
    case "include":
    case "exclude":
      return `${facet.kind === "include" ? "target" : "exclude"} ${naming.group(facet.group)}`;
    case "profile":
      return `profile ${naming.profile(facet.profile)}`;
    default:
      return `profile ${naming.profile(facet.profile)}, ${PARTS[facet.kind]}`;
  }
}

function valueWords(name: string, value: FacetValue, naming: Naming): string[] {
  const facet = parseFacet(name);
  if (value === null) return [];
  if (facet.kind === "aaGuids") return modelList(value as readonly string[]);
  if (facet.kind === "listed") return value === true ? modelList([facet.aaguid]) : [];
  if (facet.kind === "passkeyTypes") return [typeWords(splitFlags(value as string))];
  if (facet.kind === "attestationEnforcement") return [attestationWords(value as string)];
  if (facet.kind === "include") {
    return (value as { profiles: readonly string[] }).profiles.map((id) => naming.profile(id));
  }
  if (facet.kind === "exclude") return ["excluded"];
  if (facet.kind === "profile") return [(value as { name: string }).name];
  return [value === true ? "yes" : value === false ? "no" : String(value)];
}
