import { UNKNOWN, type Field, type Fields, type Value, type Values } from "./types.ts";

/** The value of a property that nobody sets; a block is absent then. */
export function emptyValue(field: Field): Value | undefined {
  switch (field.kind) {
    case "text":
      return "";
    case "flag":
      return false;
    case "number":
      return 0;
    case "list":
    case "set":
      return [];
    case "block":
      return undefined;
  }
}

/**
 * The outputs that these inputs lead to: every property is there, and what the service chooses is as before, or
 * unknown where nothing was before.
 */
export function complete(fields: Fields, inputs: Values, before: Values | undefined): Values {
  const result: Values = {};
  for (const [name, field] of Object.entries(fields)) {
    const value = inputs[name];
    if (value === UNKNOWN) result[name] = value;
    else if (field.kind === "block") {
      if (value == null || field.idle?.(value as Values)) continue;
      result[name] = complete(field.fields, value as Values, before?.[name] as Values | undefined) as Value;
    } else if (value == null) {
      result[name] = field.computed ? (before === undefined ? UNKNOWN : before[name]) : emptyValue(field);
    } else {
      result[name] = value;
    }
  }
  return result;
}

/** What a program would have to say for these outputs, where it says what `inputs` say; all of it without `inputs`. */
export function inputsOf(fields: Fields, outputs: Values, inputs: Values | undefined): Values {
  const result: Values = {};
  for (const [name, field] of Object.entries(fields)) {
    const now = outputs[name];
    const said = inputs?.[name];
    if (inputs !== undefined && said == null && (field.computed || isEmpty(field, now))) continue;
    if (inputs === undefined && isEmpty(field, now)) continue;
    if (now === undefined) continue;
    result[name] =
      field.kind === "block" ? (inputsOf(field.fields, now as Values, said as Values | undefined) as Value) : now;
  }
  return result;
}

function isEmpty(field: Field, value: Value | undefined): boolean {
  return value == null || JSON.stringify(value) === JSON.stringify(emptyValue(field));
}
