import { emptyValue } from "./shape.ts";
import { UNKNOWN, type Field, type Fields, type Value, type Values } from "./types.ts";

/** How the value at a path of the inputs changes. */
export interface Change {
  path: string;
  kind: "ADD" | "DELETE" | "UPDATE";
  replaces: boolean;
}

/** What inputs change of the outputs that are there; sets are compared without their order. */
export function diffFields(fields: Fields, outputs: Values, inputs: Values, prefix = ""): Change[] {
  return Object.entries(fields).flatMap(([name, field]) => {
    const path = prefix + name;
    return field.kind === "block"
      ? diffBlock(field, outputs[name], inputs[name], path)
      : diffValue(field, outputs[name], inputs[name], path);
  });
}

function diffBlock(
  field: Field & { kind: "block" },
  before: Value | undefined,
  after: Value | undefined,
  path: string,
): Change[] {
  const idle = (value: Value | undefined) => value == null || (value !== UNKNOWN && field.idle?.(value as Values));
  const replaces = field.replaces === true;
  if (after === UNKNOWN) return [{ path, kind: idle(before) ? "ADD" : "UPDATE", replaces }];
  if (idle(before) && idle(after)) return [];
  if (idle(before)) return [{ path, kind: "ADD", replaces }];
  if (idle(after)) return [{ path, kind: "DELETE", replaces: replaces || field.removal === "replaces" }];
  return diffFields(field.fields, before as Values, after as Values, `${path}.`);
}

function diffValue(field: Field, before: Value | undefined, after: Value | undefined, path: string): Change[] {
  if (after == null && field.computed) return [];
  const empty = emptyValue(field);
  const [old, wanted] = [before ?? empty, after ?? empty];
  if (!hasUnknown(wanted) && text(field, old) === text(field, wanted)) return [];
  const kind = before == null ? "ADD" : after == null ? "DELETE" : "UPDATE";
  return [{ path, kind, replaces: field.replaces === true }];
}

function text(field: Field, value: Value | undefined): string {
  return JSON.stringify(field.kind === "set" && Array.isArray(value) ? [...new Set(value)].sort() : value);
}

/** Whether something in a value is not known yet. */
export function hasUnknown(value: Value | undefined): boolean {
  if (value === UNKNOWN) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(hasUnknown);
}
