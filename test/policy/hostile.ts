/** Policies that no service should answer: wrong types, unknown members, missing ones, odd text, too much of everything. */
import fc from "fast-check";
import { policies, weighted } from "./arbitraries.ts";

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

const ODD: fc.Arbitrary<Json> = weighted<Json>(
  [3, null],
  [2, true],
  [2, 0],
  [1, -0],
  [1, 1e308],
  [2, "NaN"],
  [2, ""],
  [2, "enabled"],
  [3, "unknownFutureValue"],
  [2, "Enabled"],
  [2, "allow"],
  [2, "BLOCK"],
  [2, "deviceBound,\u0000synced"],
  [2, "\ud800"],
  [2, "\ufeffdeviceBound"],
  [1, "\u202egroup"],
  [2, "ALL_USERS"],
  [2, [] as Json[]],
  [2, {}],
  [2, ["a", 1, null] as Json[]],
  [1, [[[[[[["deep"]]]]]]] as Json[]],
  [1, "x".repeat(5000)],
);

/** Where a document may be changed, as a number that is taken modulo what is there. */
interface Change {
  readonly at: readonly number[];
  readonly kind: "set" | "remove" | "repeat" | "rename" | "pollute" | "upper" | "grow";
  readonly value: Json;
}

const change: fc.Arbitrary<Change> = fc.record({
  at: fc.array(fc.nat(50), { minLength: 1, maxLength: 5 }),
  kind: weighted<Change["kind"]>(
    [8, "set"],
    [4, "remove"],
    [3, "repeat"],
    [1, "rename"],
    [1, "pollute"],
    [3, "upper"],
    [1, "grow"],
  ),
  value: ODD,
});

function apply(document: Json, { at, kind, value }: Change): void {
  let holder: Json = document;
  for (const [depth, step] of at.entries()) {
    if (holder === null || typeof holder !== "object") return;
    const names: string[] = Object.keys(holder);
    const name = names[step % Math.max(1, names.length)];
    if (name === undefined) return;
    const inner: Json = (holder as { [name: string]: Json })[name]!;
    if (depth < at.length - 1 && inner !== null && typeof inner === "object") holder = inner;
    else return act(holder, name, inner, kind, value);
  }
}

function act(holder: Json[] | { [name: string]: Json }, name: string, inner: Json, kind: Change["kind"], value: Json) {
  const record = holder as { [name: string]: Json };
  const list = Array.isArray(holder) ? holder : undefined;
  switch (kind) {
    case "set":
      record[name] = value;
      return;
    case "remove":
      // Without splice: it asks the list's own constructor for another one, and that may be anything here.
      if (list) {
        list.copyWithin(Number(name), Number(name) + 1);
        list.length -= 1;
      } else delete record[name];
      return;
    case "repeat":
      // The same id again, in another letter case and with other content.
      if (list) list.push(disguised(inner));
      return;
    case "rename":
      if (!list) record[`${name}\u200b`] = inner;
      return;
    case "pollute":
      for (const key of ["__proto__", "constructor", "prototype"]) {
        Object.defineProperty(record, key, { value, enumerable: true, configurable: true, writable: true });
      }
      return;
    case "upper":
      if (typeof inner === "string") record[name] = inner.toUpperCase();
      return;
    case "grow":
      if (list) for (let times = 0; times < 300; times += 1) list.push(structuredClone(inner));
      return;
  }
}

function disguised(value: Json): Json {
  if (typeof value === "string") return value.toUpperCase();
  if (value === null || typeof value !== "object" || Array.isArray(value)) return structuredClone(value);
  const copy = structuredClone(value);
  if (typeof copy["id"] === "string") copy["id"] = copy["id"].toUpperCase();
  if (typeof copy["passkeyTypes"] === "string") copy["passkeyTypes"] = "deviceBound,synced";
  if ("keyRestrictions" in copy) copy["keyRestrictions"] = { isEnforced: false, enforcementType: "allow", aaGuids: [] };
  return copy;
}

/** A policy as text, changed in a few places; now and then with a byte order mark, or broken off. */
export const hostileTexts: fc.Arbitrary<string> = fc
  .tuple(
    policies,
    fc.array(change, { minLength: 1, maxLength: 3 }),
    weighted([20, "whole"], [1, "marked"], [1, "half"]),
  )
  .map(([policy, changes, form]) => {
    const document = JSON.parse(JSON.stringify(policy)) as Json;
    for (const one of changes) apply(document, structuredClone(one));
    const text = JSON.stringify(document);
    if (form === "marked") return `\ufeff${text}`;
    return form === "half" ? text.slice(0, text.length / 2) : text;
  });
