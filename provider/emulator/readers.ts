import { graphErrors } from "./errors.js";
import { isGuid } from "./guid.js";
import { isObject, type JsonObject } from "./http/body.js";

/** Refuses a body because it does not fit the published schema; the pipeline answers 400. */
export class BodyError extends Error {
  override readonly name = "BodyError";
}

/**
 * Reads a body.
 *
 * @throws GraphHttpError 400 in place of a BodyError
 */
export function orBadRequest<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof BodyError ? graphErrors.badRequest(error.message) : error;
  }
}

/** Gives the value at a place its type. */
export type Reader = (value: unknown, at: string) => unknown;

/**
 * The members of a body: those that have a reader, checked, and the others, which the schema does not have.
 *
 * @param type the `@odata.type` that the body has to name
 */
export function readProperties(
  body: unknown,
  type: string,
  readers: Record<string, Reader>,
): { sent: JsonObject; unknown: JsonObject } {
  const object = jsonObject(body, "the body");
  if (object["@odata.type"] !== type) {
    throw new BodyError(`the body needs "@odata.type": "${type}", got ${JSON.stringify(object["@odata.type"])}`);
  }
  const sent: JsonObject = {};
  const unknown: JsonObject = {};
  for (const [name, value] of Object.entries(object)) {
    // Tools send a GET back with its annotations; OData ignores annotations that it does not need.
    if (name === "id" || name.includes("@odata.")) {
      continue;
    }
    const reader = readers[name];
    if (reader === undefined) {
      unknown[name] = value;
    } else {
      sent[name] = reader(value, name);
    }
  }
  return { sent, unknown };
}

/** An object. */
export function jsonObject(value: unknown, at: string): JsonObject {
  if (!isObject(value)) {
    throw new BodyError(`${at} has to be an object`);
  }
  return value;
}

/** Checks the members that are known and keeps all others as they are. */
export function members<T extends JsonObject>(
  value: unknown,
  at: string,
  readers: Record<string, Reader>,
  required: string[] = [],
): T {
  const object = jsonObject(value, at);
  const missing = required.find((name) => object[name] === undefined);
  if (missing !== undefined) {
    throw new BodyError(`${at} has no ${missing}`);
  }
  const entries = Object.entries(object).map(([name, member]) => {
    const reader = readers[name];
    return [name, reader === undefined ? member : reader(member, `${at}.${name}`)];
  });
  return Object.fromEntries(entries) as T;
}

/** The value or null. */
export function nullable(reader: Reader): Reader {
  return (value, at) => (value === null ? null : reader(value, at));
}

/** An array of one kind of thing. */
export function list(reader: Reader): Reader {
  return (value, at) => {
    if (!Array.isArray(value)) {
      throw new BodyError(`${at} has to be an array`);
    }
    return value.map((item, index) => reader(item, `${at}[${index}]`));
  };
}

/** Edm.Boolean. */
export function boolean(value: unknown, at: string): boolean {
  if (typeof value !== "boolean") {
    throw new BodyError(`${at} has to be a boolean, got ${JSON.stringify(value)}`);
  }
  return value;
}

/** Edm.String. */
export function string(value: unknown, at: string): string {
  if (typeof value !== "string") {
    throw new BodyError(`${at} has to be a string, got ${JSON.stringify(value)}`);
  }
  return value;
}

/** Edm.Guid, and the id of a profile, which Graph's documentation calls a GUID too. */
export function guid(value: unknown, at: string): string {
  if (!isGuid(value)) {
    throw new BodyError(`${at} has to be a GUID, got ${JSON.stringify(value)}`);
  }
  return value;
}

/** A word of an enumeration; others only where they are stored already. */
export function openEnum(value: unknown, at: string, known: string[], stored: string): string {
  const text = string(value, at);
  if (!known.includes(text) && !stored.includes(JSON.stringify(text))) {
    throw new BodyError(`${at} has to be one of ${known.join(", ")}, got "${text}"`);
  }
  return text;
}

/** Words of an enumeration, joined with commas. */
export function flags(value: unknown, at: string, known: string[], stored: string): string {
  const text = string(value, at);
  const unknown = text.split(",").find((flag) => !known.includes(flag.trim()));
  if (unknown !== undefined && !stored.includes(JSON.stringify(text))) {
    throw new BodyError(`${at} has to be a combination of ${known.join(", ")}, got "${text}"`);
  }
  return text;
}

/** Edm.Int32 or Edm.Int64. */
export function integer(value: unknown, at: string): number {
  if (!Number.isInteger(value)) {
    throw new BodyError(`${at} has to be a whole number, got ${JSON.stringify(value)}`);
  }
  return value as number;
}
