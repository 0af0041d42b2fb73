/** A value of the engine's protocol; an unknown one is the text `UNKNOWN`. */
export type Value = string | number | boolean | null | Value[] | { [name: string]: Value | undefined };

/** Inputs or outputs of a resource. */
export type Values = Record<string, Value | undefined>;

/** How the engine writes a value that is not known before something else exists. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

interface Common {
  required?: true;
  /** Where the program leaves it out, the service's value stands and is no difference. */
  computed?: true;
  /** A change makes a new resource. */
  replaces?: true;
}

/** What the plugin knows of one property. */
export type Field = Common &
  (
    | { kind: "text"; oneOf?: readonly string[]; pattern?: RegExp }
    | { kind: "flag" | "number" }
    | { kind: "list" | "set"; each?: RegExp }
    | { kind: "block"; fields: Fields; removal?: "replaces"; idle?: (block: Values) => boolean }
  );

/** The inputs of a type, by name. */
export type Fields = Readonly<Record<string, Field>>;

/** Why an input is refused. */
export interface Failure {
  property: string;
  reason: string;
}

/** A resource that exists: its id and every property. */
export interface Existing {
  id: string;
  outputs: Values;
}

/** One resource type of the plugin. */
export interface ResourceType {
  readonly token: string;
  readonly fields: Fields;
  /** Outputs that are no inputs. */
  readonly outputs: readonly string[];
  /** Rules across properties; unknown values are among them. */
  check?(inputs: Values): Failure[];
  create(graph: Graph, inputs: Values): Promise<Existing>;
  /** Undefined where Graph answers 404. */
  read(graph: Graph, id: string, before: Values): Promise<Existing | undefined>;
  update(graph: Graph, id: string, before: Values, inputs: Values): Promise<Existing>;
  delete(graph: Graph, id: string): Promise<void>;
}

/** A signed-in Graph. */
export interface Graph {
  /** Base of Graph, without a slash at its end. */
  readonly base: string;
  /** Object id of the caller, from its token. */
  readonly caller: string;
  /** @throws GraphError for anything but 2xx */
  call(method: string, path: string, body?: object): Promise<Record<string, unknown>>;
  /** Like `call`, with undefined for a 404. */
  find(path: string): Promise<Record<string, unknown> | undefined>;
  /** Every row of a collection, page by page. */
  list(path: string): Promise<Record<string, unknown>[]>;
}

/** A create that failed when the object was already there: the engine keeps it, and updates it by the next run. */
export class HalfCreatedError extends Error {
  override readonly name = "HalfCreatedError";
  readonly existing: Existing;

  constructor(existing: Existing, cause: unknown) {
    super((cause as Error).message, { cause });
    this.existing = existing;
  }
}

/** What every refusal says of the plugin that refuses. */
export const STAND_IN = "the stand-in that the tests have for the azuread plugin (test/azuread)";
