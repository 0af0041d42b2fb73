import { ClaimedError } from "../../apply/index.js";
import type { TenantSession } from "../../apply/index.js";
import { facetPlace } from "../../policy/index.js";
import type { FacetName, Problem } from "../../policy/index.js";
import { inProgram } from "./desired.js";
import type { CheckedInputs } from "./inputs.js";
import { resourceName } from "./owner.js";

/** Claims parts of the policy for a resource; what another one declares is refused. */
export function claim(session: TenantSession, inputs: CheckedInputs, facets: Iterable<FacetName>): Problem[] {
  try {
    session.claim(inputs.owner, facets);
    return [];
  } catch (error) {
    if (!(error instanceof ClaimedError)) throw error;
    return [inProgram(claimed(error, inputs.owner), inputs, inputs.resolved)];
  }
}

function claimed(error: ClaimedError, owner: string): Problem {
  return {
    code: "conflict",
    place: facetPlace(error.facet),
    reason: `the resource ${error.owner} declares this part of the policy too`,
    wayOut: `Declare it in one of the two: ${resourceName(owner)} or ${resourceName(error.owner)}`,
  };
}
