import { GraphHttpError } from "../errors.js";
import type { Switches } from "../switches.js";

/** The answer of a cloud that does not have the policy; which of the two it is is an open question. */
export function missingPolicy(status: Switches["missingPolicy"]): GraphHttpError {
  return status === "404"
    ? new GraphHttpError(404, "ResourceNotFound", "Resource not found.")
    : new GraphHttpError(400, "BadRequest", "Resource not found for the segment 'fido2'.");
}
