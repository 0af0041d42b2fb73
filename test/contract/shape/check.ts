import { GUID, isCollection, isEnumeration, isStructure, propertiesOf } from "./type.ts";
import type { Primitive, Property, Structure, Type, Version } from "./type.ts";

/** How an answer was asked for. */
export interface Asked {
  version: Version;
  /** Scheme, host and port: contexts and links lead back there. */
  origin: string;
  /** Names of `$select`. */
  select?: readonly string[];
  /** Properties that a documented switch or the seed adds on purpose. */
  extra?: readonly string[];
}

type Json = Record<string, unknown>;

const DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,7})?Z$/;

/** What one primitive looks like in JSON. */
const PRIMITIVES: Record<Primitive, (value: unknown) => boolean> = {
  "Edm.String": (value) => typeof value === "string",
  "Edm.Boolean": (value) => typeof value === "boolean",
  "Edm.Int32": (value) => Number.isInteger(value) && Math.abs(Number(value)) < 2 ** 31,
  "Edm.Guid": (value) => typeof value === "string" && GUID.test(value),
  "Edm.DateTimeOffset": (value) => typeof value === "string" && DATE.test(value) && !isNaN(Date.parse(value)),
  unchecked: (value) => isObject(value) || Array.isArray(value),
};

/**
 * Compares the body of an answer with what is published.
 *
 * @returns one line for each deviation, path first; none when the body is as published
 */
export function deviations(body: unknown, type: Structure, asked: Asked): string[] {
  const found: string[] = [];
  object(body, type, "", asked, found, asked.select);
  context(body, asked, found);
  return found;
}

/** The same for a body that is not OData: no context, no annotations. */
export function plainDeviations(body: unknown, type: Structure): string[] {
  const found: string[] = [];
  object(body, type, "", { version: "v1.0", origin: "" }, found);
  return found;
}

/** The same for an object that the token may not see: its type and id, the rest null, collections empty. */
export function withheldDeviations(body: Record<string, unknown>, type: Structure, asked: Asked): string[] {
  const found: string[] = [];
  const published = propertiesOf(typeOf(body, type, "", found), asked.version);
  for (const [name, value] of Object.entries(body).filter(([name]) => !name.includes("@") && name !== "id")) {
    const property = published[name];
    const empty = property !== undefined && isCollection(property.type) ? [] : null;
    if (property === undefined || JSON.stringify(value) !== JSON.stringify(empty)) {
      found.push(`${name}: expected ${JSON.stringify(empty)} in its place, got ${describe(value)}`);
    }
  }
  return found;
}

/** The same for a collection of objects, with its envelope. */
export function listDeviations(body: unknown, item: Structure, asked: Asked, counted = false): string[] {
  const found: string[] = [];
  if (!isObject(body)) {
    return [`the answer: expected an object, got ${describe(body)}`];
  }
  context(body, asked, found);
  const known = ["@odata.context", "@odata.nextLink", "value", ...(counted ? ["@odata.count"] : [])];
  for (const name of Object.keys(body).filter((name) => !known.includes(name))) {
    found.push(`${name}: a collection has no such member`);
  }
  const link = body["@odata.nextLink"];
  if (link !== undefined && !String(link).startsWith(`${asked.origin}/${asked.version}/`)) {
    found.push(`@odata.nextLink: expected an absolute address of ${asked.version}, got ${describe(link)}`);
  }
  if (counted && !Number.isInteger(body["@odata.count"])) {
    found.push(`@odata.count: expected a whole number, got ${describe(body["@odata.count"])}`);
  }
  if (!Array.isArray(body["value"])) {
    return [...found, `value: expected an array, got ${describe(body["value"])}`];
  }
  body["value"].forEach((one, index) => object(one, item, `value[${index}]`, asked, found, asked.select));
  return found;
}

function context(body: unknown, { origin, version }: Asked, found: string[]): void {
  const text = isObject(body) ? body["@odata.context"] : undefined;
  if (typeof text !== "string" || !text.startsWith(`${origin}/${version}/$metadata#`)) {
    found.push(`@odata.context: expected one of ${version}, got ${describe(text)}`);
  }
}

function object(
  body: unknown,
  declared: Structure,
  path: string,
  asked: Asked,
  found: string[],
  select?: readonly string[],
): void {
  if (!isObject(body)) {
    found.push(`${path || "the answer"}: expected an object, got ${describe(body)}`);
    return;
  }
  const type = typeOf(body, declared, path, found);
  const published = propertiesOf(type, asked.version);
  for (const [name, value] of Object.entries(body)) {
    const at = member(path, name);
    const property = published[name];
    if (name.includes("@")) {
      annotation(name, value, at, path === "", published, asked, found);
    } else if (property === undefined) {
      if (!asked.extra?.includes(name)) {
        found.push(`${at}: microsoft.graph.${type.name} has no such property in ${asked.version}`);
      }
    } else if (select !== undefined && !select.includes(name)) {
      found.push(`${at}: was not selected`);
    } else if (select === undefined && property.answered === "onSelect") {
      found.push(`${at}: is answered on $select only`);
    } else {
      checkProperty(value, property, at, asked, found);
    }
  }
  for (const [name, property] of Object.entries(published)) {
    const expected = select === undefined ? property.answered === "always" : select.includes(name);
    if (expected && body[name] === undefined) {
      found.push(`${member(path, name)}: missing`);
    }
  }
}

/** The type that the object names, else the declared one. */
function typeOf(body: Json, declared: Structure, path: string, found: string[]): Structure {
  const named = body["@odata.type"];
  const at = member(path, "@odata.type");
  const all = [declared, ...(declared.derived?.() ?? [])].filter(({ abstract }) => abstract !== true);
  if (named === undefined) {
    if (declared.abstract === true) {
      found.push(`${at}: missing, and microsoft.graph.${declared.name} has derived types`);
    }
    return declared;
  }
  const type = all.find(({ name }) => named === `#microsoft.graph.${name}`);
  if (type === undefined) {
    found.push(`${at}: ${describe(named)} is no microsoft.graph.${declared.name}`);
  }
  return type ?? declared;
}

function annotation(
  name: string,
  value: unknown,
  at: string,
  top: boolean,
  published: Record<string, Property>,
  { origin, version }: Asked,
  found: string[],
): void {
  const [property = "", term = ""] = name.split("@");
  if (name === "@odata.type" || (top && name === "@odata.context")) {
    return;
  }
  if (term !== "odata.context" || published[property]?.navigation !== true) {
    found.push(`${at}: no such annotation`);
  } else if (!String(value).startsWith(`${origin}/${version}/$metadata#`)) {
    found.push(`${at}: expected a context of ${version}, got ${describe(value)}`);
  }
}

function checkProperty(value: unknown, property: Property, at: string, asked: Asked, found: string[]): void {
  if (value === null) {
    if (!property.nullable || isCollection(property.type)) {
      found.push(`${at}: may not be null`);
    }
    return;
  }
  const before = found.length;
  checkValue(value, property.type, at, asked, found);
  if (found.length === before && property.format?.test(String(value)) === false) {
    found.push(`${at}: ${describe(value)} has not the documented form ${String(property.format)}`);
  }
}

function checkValue(value: unknown, type: Type, at: string, asked: Asked, found: string[]): void {
  if (typeof type === "string") {
    if (!PRIMITIVES[type](value)) {
      found.push(`${at}: expected ${type}, got ${describe(value)}`);
    }
  } else if (isCollection(type)) {
    if (!Array.isArray(value)) {
      found.push(`${at}: expected an array, got ${describe(value)}`);
      return;
    }
    value.forEach((item, index) => {
      const place = `${at}[${index}]`;
      checkValue(item, type.of, place, asked, found);
      if (type.format?.test(String(item)) === false) {
        found.push(`${place}: ${describe(item)} has not the documented form ${String(type.format)}`);
      }
    });
  } else if (isEnumeration(type)) {
    const parts = typeof value !== "string" ? [] : type.flags ? value.split(",") : [value];
    if (parts.length === 0 || parts.some((part) => !type.words.includes(part.trim()))) {
      found.push(`${at}: expected ${type.words.join(", ")}, got ${describe(value)}`);
    }
  } else if (isStructure(type)) {
    object(value, type, at, asked, found);
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function member(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}

function describe(value: unknown): string {
  if (Array.isArray(value)) {
    return `an array of ${value.length}`;
  }
  return isObject(value) ? "an object" : String(JSON.stringify(value));
}
