import { isCollection, isEnumeration, isStructure, propertiesOf } from "./type.ts";
import type { Property, Structure, Type, Version } from "./type.ts";

type Json = Record<string, unknown>;

/** A body that Graph's published types do not allow, made from one that they do. */
export interface Wrong {
  /** Place of what is wrong. */
  at: string;
  value: unknown;
  body: Json;
}

/**
 * Every way to go wrong in one place of a body: a value of another type, null for what is never null, a word that the
 * enumeration does not have. Places that the sample lacks are not reached.
 */
export function wrongBodies(sample: Json, type: Structure, version: Version): Wrong[] {
  return within(sample, type, version, "").map(({ at, value, put }) => ({ at, value, body: put as Json }));
}

interface Variant {
  at: string;
  /** What is wrong. */
  value: unknown;
  /** The surrounding value with it. */
  put: unknown;
}

function within(sample: Json, declared: Structure, version: Version, path: string): Variant[] {
  const named = declared.derived?.().find(({ name }) => sample["@odata.type"] === `#microsoft.graph.${name}`);
  const published = propertiesOf(named ?? declared, version);
  return Object.entries(sample).flatMap(([name, value]) => {
    const property = published[name];
    // Read-only ones are another matter, but inside an object an id says which object is meant.
    if (property === undefined || (property.readOnly === true && path === "")) {
      return [];
    }
    const at = path === "" ? name : `${path}.${name}`;
    return ofProperty(value, property, version, at).map((variant) => ({
      ...variant,
      put: { ...sample, [name]: variant.put },
    }));
  });
}

function ofProperty(sample: unknown, { type, nullable }: Property, version: Version, at: string): Variant[] {
  const direct = [...wrongValues(type), ...(nullable && !isCollection(type) ? [] : [null])];
  return [...direct.map((value) => ({ at, value, put: value })), ...inside(sample, type, version, at)];
}

function inside(sample: unknown, type: Type, version: Version, at: string): Variant[] {
  if (isStructure(type) && typeof sample === "object" && sample !== null) {
    return within(sample as Json, type, version, at);
  }
  if (isCollection(type) && Array.isArray(sample)) {
    const place = `${at}[0]`;
    const items = [...wrongValues(type.of), null].map((value) => ({ at: place, value, put: [value] }));
    const deeper = inside(sample[0], type.of, version, place);
    return [...items, ...deeper.map((variant) => ({ ...variant, put: [variant.put, ...sample.slice(1)] }))];
  }
  return [];
}

function wrongValues(type: Type): unknown[] {
  if (isEnumeration(type)) {
    return ["carrierPigeon", true];
  }
  if (isCollection(type)) {
    return ["text", {}];
  }
  if (isStructure(type)) {
    return ["text", []];
  }
  switch (type) {
    case "Edm.String":
      return [7, {}];
    case "Edm.Boolean":
      return ["true", 1];
    case "Edm.Int32":
      return ["7", 1.5];
    case "Edm.Guid":
      return ["nonsense", 7];
    case "Edm.DateTimeOffset":
      return ["yesterday"];
    case "unchecked":
      return [];
  }
}
