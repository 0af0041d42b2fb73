import { STAND_IN, UNKNOWN, type Failure, type Field, type Fields, type Value, type Values } from "./types.ts";

/** Refuses what the real plugin refuses, and what only the real one can do. */
export function checkFields(token: string, fields: Fields, values: Values, path = ""): Failure[] {
  const failures: Failure[] = [];
  for (const name of Object.keys(values)) {
    if (name.startsWith("__") || values[name] == null || fields[name] !== undefined) continue;
    const reason = `${token} has no property "${path}${name}" in ${STAND_IN}; add it there or run with the real plugin`;
    failures.push({ property: path + name, reason });
  }
  for (const [name, field] of Object.entries(fields)) {
    const property = path + name;
    const value = values[name];
    if (value == null) {
      if (field.required) failures.push({ property, reason: `Missing required property '${property}'` });
    } else if (value !== UNKNOWN && field.kind === "block" && isObject(value)) {
      failures.push(...checkFields(token, field.fields, value, `${property}.`));
    } else if (value !== UNKNOWN) {
      const reason = refusal(field, value);
      if (reason !== undefined) failures.push({ property, reason: `${property} ${reason}` });
    }
  }
  return failures;
}

function refusal(field: Field, value: Value): string | undefined {
  switch (field.kind) {
    case "block":
      return "has to be an object";
    case "list":
    case "set":
      return Array.isArray(value) ? refusedEntry(value, field.each) : "has to be a list";
    case "flag":
      return typeof value === "boolean" ? undefined : "has to be true or false";
    case "number":
      return typeof value === "number" ? undefined : "has to be a number";
    case "text":
      if (typeof value !== "string") return "has to be a text";
      if (field.oneOf?.includes(value) === false) {
        return `is expected to be one of ${JSON.stringify(field.oneOf)}, got ${value}`;
      }
      return field.pattern?.test(value) === false
        ? `has to look like ${field.pattern.source}, got ${value}`
        : undefined;
  }
}

function refusedEntry(entries: Value[], pattern = /./): string | undefined {
  const wrong = entries.find((entry) => entry !== UNKNOWN && !(typeof entry === "string" && pattern.test(entry)));
  return wrong === undefined ? undefined : `has to be a list of ${pattern.source}, got ${JSON.stringify(wrong)}`;
}

function isObject(value: Value): value is { [name: string]: Value | undefined } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether something that may be left out is there; what is unknown counts as there. */
export function isSet(value: Value | undefined): boolean {
  return value != null && value !== "" && !(Array.isArray(value) && value.length === 0);
}
