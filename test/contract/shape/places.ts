import {
  isCollection,
  isStructure,
  propertiesOf,
  type Property,
  type Structure,
  type Type,
  type Version,
} from "./type.ts";

type Json = Record<string, unknown>;

/** A published property in a body. */
export interface Place {
  /** Names and indices that lead to the object which has it. */
  keys: (string | number)[];
  name: string;
  property: Property;
  /** As the deviations name it. */
  at: string;
}

/** Every published property that a body has, nested ones included. */
export function places(body: Json, declared: Structure, version: Version, keys: Place["keys"] = []): Place[] {
  const named = declared.derived?.().find(({ name }) => body["@odata.type"] === `#microsoft.graph.${name}`);
  return Object.entries(propertiesOf(named ?? declared, version)).flatMap(([name, property]) => {
    const value = body[name];
    const here: Place = { keys, name, property, at: pathOf([...keys, name]) };
    return value === undefined ? [] : [here, ...below(value, property.type, version, [...keys, name])];
  });
}

function below(value: unknown, type: Type, version: Version, keys: Place["keys"]): Place[] {
  if (isStructure(type) && typeof value === "object" && value !== null) {
    return places(value as Json, type, version, keys);
  }
  if (isCollection(type) && Array.isArray(value)) {
    return value.flatMap((item, index) => below(item, type.of, version, [...keys, index]));
  }
  return [];
}

function pathOf(keys: Place["keys"]): string {
  return keys.reduce<string>(
    (path, key) => (typeof key === "number" ? `${path}[${key}]` : path === "" ? key : `${path}.${key}`),
    "",
  );
}

/** A copy of the body, with one of its objects changed. */
export function changed(body: Json, keys: Place["keys"], change: (object: Json) => void): Json {
  const copy = structuredClone(body);
  const object = keys.reduce<unknown>((at, key) => (at as Record<string | number, unknown>)[key], copy);
  change(object as Json);
  return copy;
}
