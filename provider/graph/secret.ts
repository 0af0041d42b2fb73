import { inspect } from "node:util";

const HIDDEN = "[secret]";

/** A value that prints as `[secret]` wherever it ends up: in a message, in JSON, in `util.inspect`. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The value itself. Call it where the value is sent, and nowhere before. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return HIDDEN;
  }

  toJSON(): string {
    return HIDDEN;
  }

  [inspect.custom](): string {
    return HIDDEN;
  }
}

const LONGEST = 400;
/** JSON web tokens, and whatever follows a scheme name of an Authorization header. */
const TOKENS = /\b[\w-]{10,}\.[\w-]{10,}\.[\w-]*|\bBearer\s+\S+/gi;

/** Text from a service in a form that may be shown: on one line, shortened, without anything that looks like a token. */
export function redact(text: string, secrets: readonly string[] = []): string {
  let safe = text;
  // A short one is somebody's placeholder, and taking it out would only spoil the text.
  for (const secret of secrets.filter(({ length }) => length >= 8)) safe = safe.replaceAll(secret, HIDDEN);
  safe = safe.replace(TOKENS, HIDDEN).replace(/\s+/g, " ").trim();
  return safe.length > LONGEST ? `${safe.slice(0, LONGEST)}...` : safe;
}
