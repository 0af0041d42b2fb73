import { compromises, findModel, isCompromised } from "../catalogue/index.js";
import type { Facets } from "./facets.js";
import type { NormalPolicy, NormalProfile } from "./normalize.js";
import type { Problem } from "./problem.js";

/** Whether the FIDO Alliance revoked a model or reported it as compromised; one that it does not know is not. */
export function isCompromisedModel(aaguid: string): boolean {
  const model = findModel(aaguid);
  return model !== undefined && isCompromised(model);
}

/**
 * Models on a list that the FIDO Alliance revoked or reported as compromised, in profiles of which a plan declares a
 * part. A warning and no refusal: their holders may have no other key yet.
 */
export function compromisedModels(policy: NormalPolicy, facets: Facets): Problem[] {
  return policy.profiles
    .filter(({ id }) =>
      [...facets.keys()].some((name) => name === `profile/${id}` || name.startsWith(`profile/${id}/`)),
    )
    .flatMap(inProfile);
}

function inProfile({ id, keyRestrictions }: NormalProfile): Problem[] {
  const { isEnforced, enforcementType, aaGuids } = keyRestrictions;
  // On a block list, enforced or not, is where such a model belongs.
  if (enforcementType === "block") return [];
  const accepted =
    isEnforced === true && enforcementType === "allow"
      ? "and the allow list lets it in"
      : "and it is listed; while the list is not enforced it works as every other model does";
  return [...new Set((aaGuids ?? []).map((aaguid) => aaguid.toLowerCase()))].flatMap((aaguid) => {
    const model = findModel(aaguid);
    const [report] = model === undefined ? [] : compromises(model);
    if (model === undefined || report === undefined) return [];
    return [
      {
        code: "compromisedModel" as const,
        place: `profiles.${id}.keyRestrictions.aaGuids`,
        reason: `${model.name} (${aaguid}) was reported as ${report.status} on ${report.effectiveDate}, ${accepted}`,
        wayOut: "Let its holders register another key, then take it off the list",
      },
    ];
  });
}
