import * as v from "valibot";
import { suggest } from "../../catalogue/index.js";
import { isSecretKey, looksLikeSecret, NO_SECRETS, shown } from "./problem.js";

/** The texts of checks, and what mappings have in common. */

export function unquoted(value: unknown, what: string): string {
  if (typeof value === "number" || typeof value === "boolean") {
    return `${String(value)} is a ${typeof value === "number" ? "number" : "truth value"} to YAML, and has to be ${what}. Put it in quotes`;
  }
  return `${shown(value)} is not ${what}`;
}

export const text = (what: string) => v.string((issue) => unquoted(issue.input, what));

/** A text with a form. */
export const formed = (what: string, form: RegExp, wayOut: string) =>
  v.pipe(
    text(what),
    v.regex(form, (issue) => `${shown(issue.input)} is no ${what.replace(/^an? /, "")}. ${wayOut}`),
  );

/** The same where the value might be a secret that was put in the wrong place: it is not shown. */
export const secretive = (what: string, form: RegExp, wayOut: string) =>
  v.pipe(
    v.string(`is not ${what}. ${wayOut}`),
    v.regex(form, `has something that is no ${what.replace(/^an? /, "")}. ${wayOut}`),
  );

export function didYouMean(name: string, names: readonly string[]): string | undefined {
  const [nearest] = looksLikeSecret(name) ? [] : suggest(name.slice(0, 100), names);
  return nearest === undefined ? undefined : `Did you mean ${shown(nearest)}?`;
}

export function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** To come before a schema of objects, which would take a list for one. */
export const mapping = (wayOut: string) =>
  v.custom<Record<string, unknown>>(isMapping, (issue) => `${shown(issue.input)} is no mapping. ${wayOut}`);

/**
 * A mapping with these keys and no others. Every key too many is a problem of its own, with the nearest known one; a
 * key that is missing is one with what to do about it.
 */
export function known<const E extends v.ObjectEntries>(entries: E, missing: Readonly<Record<string, string>> = {}) {
  const names = Object.keys(entries);
  const shape = v.looseObject(entries, (issue) => {
    return `is missing. ${missing[String(issue.path?.at(-1)?.key)] ?? "Add it"}`;
  });
  return v.pipe(
    mapping(`Give it keys of ${names.join(", ")}`),
    shape,
    v.rawCheck(({ dataset, addIssue }) => {
      const value = dataset.value as unknown;
      if (!isMapping(value)) return;
      for (const [key, member] of Object.entries(value)) {
        if (names.includes(key)) continue;
        const reason = isSecretKey(key)
          ? `is a secret by its name. ${NO_SECRETS}`
          : `is unknown here. ${didYouMean(key, names) ?? `Use ${names.join(", ")}`}`;
        addIssue({ message: `${AT_KEY}${reason}`, path: [pathItem(value, key, member)] });
      }
    }),
  );
}

/** At the beginning of a message: the problem is the key and not its value. */
export const AT_KEY = "\0";

export function pathItem(input: object, key: string, value: unknown): v.ObjectPathItem {
  return { type: "object", origin: "value", input: input as Record<string, unknown>, key, value };
}

export const list = <const T extends v.GenericSchema>(item: T, what: string) =>
  v.array(item, (issue) => `${shown(issue.input)} is no list of ${what}. Write [one, two], or a line with - for each`);
