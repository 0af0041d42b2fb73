/**
 * What Graph publishes of an answer, written down in a form of our own: property by property the EDM type, whether it may
 * be null, and when it is answered. It knows nothing of the emulator.
 */

/** Version of Graph. */
export type Version = "v1.0" | "beta";

/** A primitive type of OData's entity data model. */
export type Primitive =
  | "Edm.String"
  | "Edm.Boolean"
  | "Edm.Int32"
  | "Edm.Guid"
  | "Edm.DateTimeOffset"
  /** A JSON object that the contract does not look into; its reason stands in {@link UNKNOWN}. */
  | "unchecked";

/** An enumeration. One that evolves has `unknownFutureValue`, which is not among the words here. */
export interface Enumeration {
  readonly words: readonly string[];
  /** Several words may be joined with commas. */
  readonly flags?: true;
}

/** An entity type or a complex type. */
export interface Structure {
  /** Without the namespace `microsoft.graph`. */
  readonly name: string;
  readonly base?: Structure;
  readonly properties: Readonly<Record<string, Property>>;
  /** An answer has to name the derived type. */
  readonly abstract?: true;
  /** Types that may stand where this one is declared. A function, because they refer to this one. */
  readonly derived?: () => readonly Structure[];
}

/** A collection; it is never null. */
export interface Collection {
  readonly of: Type;
  /** The text that each item has. */
  readonly format?: RegExp;
}

export type Type = Primitive | Enumeration | Structure | Collection;

/** One published property. */
export interface Property {
  readonly type: Type;
  readonly nullable: boolean;
  /**
   * `always`: an answer without `$select` has it. `maybe`: no page shows whether it is answered while it is null.
   * `onSelect`: only when it is selected.
   */
  readonly answered: "always" | "maybe" | "onSelect";
  /** The only version that has it; default both. */
  readonly only?: Version;
  readonly readOnly?: true;
  /** A navigation property: an answer may annotate it with its context. */
  readonly navigation?: true;
  /** The text of the value, where the documentation says more than the type. */
  readonly format?: RegExp;
}

type More = Partial<Omit<Property, "type" | "nullable">>;

/** A property that is never null, and always answered unless said otherwise. */
export function required(type: Type, more: More = {}): Property {
  return { type, nullable: false, answered: "always", ...more };
}

/** A property that may be null. Unless said otherwise, nothing is known of an answer that leaves it out. */
export function nullable(type: Type, more: More = {}): Property {
  return { type, nullable: true, answered: "maybe", ...more };
}

/** Nullable, and answered even when it is null: a sample of the documentation or a live capture shows so. */
export function shown(type: Type, more: More = {}): Property {
  return nullable(type, { answered: "always", ...more });
}

/** A collection of one type. */
export function many(of: Type, format?: RegExp): Collection {
  return format === undefined ? { of } : { of, format };
}

/** An enumeration of words. */
export function words(...known: string[]): Enumeration {
  return { words: known };
}

/** A type with its own properties and those of its base. */
export function structure(
  name: string,
  properties: Record<string, Property>,
  more: Partial<Omit<Structure, "name" | "properties">> = {},
): Structure {
  return { name, properties, ...more };
}

/** The properties of a structure in a version, those of its bases first. */
export function propertiesOf(type: Structure, version: Version): Record<string, Property> {
  const own = Object.entries(type.properties).filter(([, { only }]) => only === undefined || only === version);
  return { ...(type.base === undefined ? {} : propertiesOf(type.base, version)), ...Object.fromEntries(own) };
}

export function isStructure(type: Type): type is Structure {
  return typeof type === "object" && "properties" in type;
}

export function isCollection(type: Type): type is Collection {
  return typeof type === "object" && "of" in type;
}

export function isEnumeration(type: Type): type is Enumeration {
  return typeof type === "object" && "words" in type;
}

/** A GUID in the form in which Graph answers one. */
export const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
