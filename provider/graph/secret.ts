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
  const safe = withoutSecrets(text, secrets).replace(/\s+/g, " ").trim();
  return safe.length > LONGEST ? `${safe.slice(0, LONGEST)}...` : safe;
}

/** The same text without these secrets, in whatever form, and without anything that looks like a token. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  let safe = text;
  // A short one is somebody's placeholder, and taking it out would only spoil the text.
  for (const secret of secrets.filter(({ length }) => length >= 8)) {
    for (const form of formsOf(secret)) safe = safe.replaceAll(form, HIDDEN);
  }
  return safe.replace(TOKENS, HIDDEN);
}

/** A secret as it was sent, and as a service may have encoded it. The longest form first. */
function formsOf(secret: string): string[] {
  const form = new URLSearchParams({ "": secret }).toString().slice(1);
  const bytes = Buffer.from(secret);
  const base64 = [bytes.toString("base64"), bytes.toString("base64url")];
  const unpadded = base64.map((text) => text.replace(/=+$/, ""));
  const forms = new Set([secret, encodeURIComponent(secret), form, ...base64, ...unpadded]);
  return [...forms].sort((a, b) => b.length - a.length);
}
