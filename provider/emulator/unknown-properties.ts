import { graphErrors } from "./errors.js";
import type { JsonObject } from "./http/body.js";
import type { Switches } from "./switches.js";

/**
 * What becomes of the properties of a body that its resource does not have, by the switch `unknownProperties`.
 *
 * @param known names that the resource has
 * @returns those to store with the resource
 * @throws GraphHttpError 400 where the switch refuses them
 */
export function unknownProperties(body: JsonObject, known: readonly string[], switches: Switches): JsonObject {
  const unknown = Object.entries(body).filter(([name]) => !name.includes("@odata.") && !known.includes(name));
  return storedUnknown(Object.fromEntries(unknown) as JsonObject, switches);
}

/**
 * The same for properties that are known to be unknown.
 *
 * @throws GraphHttpError 400 where the switch refuses them
 */
export function storedUnknown(unknown: JsonObject, switches: Switches): JsonObject {
  const [first] = Object.keys(unknown);
  if (first !== undefined && switches.unknownProperties === "refused") {
    throw graphErrors.badRequest(`Invalid property '${first}'.`);
  }
  return switches.unknownProperties === "stored" ? unknown : {};
}
