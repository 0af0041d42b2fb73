import { graphErrors } from "../errors.js";
import type { Call } from "./call.js";

/** A JSON object of a request. */
export type JsonObject = Record<string, unknown>;

/** Whether the value is a JSON object: neither null nor an array. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * The body of a request that has to be a JSON object.
 *
 * @throws GraphHttpError 400
 */
export function objectBody(call: Call): JsonObject {
  if (!isObject(call.body)) {
    throw graphErrors.badRequest("Unable to read JSON request payload.");
  }
  return call.body;
}
