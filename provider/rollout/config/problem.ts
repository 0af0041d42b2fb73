/** Something in the file that cannot stay as it is. */
export interface PlanProblem {
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 code units. */
  readonly column: number;
  /** `tenants[3].id`; empty for the file as a whole. */
  readonly place: string;
  /** What is wrong, and the way out. */
  readonly reason: string;
}

/** So many problems are listed; of more, it is said how many there are. */
const LISTED = 500;

/** The file is no plan of a rollout. The message lists what is wrong with it, one line each. */
export class PlanError extends Error {
  override readonly name = "PlanError";

  constructor(
    /** As it was given. */
    readonly file: string,
    readonly problems: readonly PlanProblem[],
  ) {
    const lines = problems.slice(0, LISTED).map(({ line, column, place, reason }) => {
      const where = `${printable(file)}:${line}:${column}: `;
      return place === "" ? `${where}${reason}` : `${where}${place}: ${reason}`;
    });
    const more = problems.length - LISTED;
    if (more > 0) lines.push(`${printable(file)}: and ${more} more`);
    super(lines.join("\n"));
  }
}

/** Where something is: keys of mappings and indexes of lists, from the top. */
export type Path = readonly (string | number)[];

/** What a check calls: the path is that of the value, `at: "key"` points to the key in front of it. */
export type Report = (path: Path, reason: string, at?: "key" | "value") => void;

export function placeOf(path: Path): string {
  return path
    .map((part, index) => {
      if (typeof part === "number") return `[${part}]`;
      if (!/^[A-Za-z_][\w-]*$/.test(part)) return `[${shown(part)}]`;
      return index === 0 ? part : `.${part}`;
    })
    .join("");
}

/** Characters that a terminal obeys, or that make a text look like another. */
const UNSHOWABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

export function isPrintable(text: string): boolean {
  return text.search(UNSHOWABLE) === -1;
}

function printable(text: string): string {
  return text.replace(UNSHOWABLE, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);
}

/** What somebody else says about the file, which may have parts of it. */
export function oneLine(text: string): string {
  return looksLikeSecret(text) ? "[secret]" : printable(text.replace(/\s+/g, " ").slice(0, 200));
}

/** A value of the file for a message: short, on one line, in quotes; what looks like a secret is not shown. */
export function shown(value: unknown): string {
  if (typeof value === "string") {
    if (looksLikeSecret(value)) return "[secret]";
    const cut = value.length > 60 ? `${value.slice(0, 60)}...` : value;
    return `"${printable(cut.replace(/["\\]/g, "\\$&"))}"`;
  }
  if (Array.isArray(value)) return "a list";
  if (value === null || value === undefined) return "nothing";
  return typeof value === "object" ? "a mapping" : String(value as number | boolean);
}

const SECRETS = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  // A JSON web token.
  /\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\./,
  // A client secret of Entra ID.
  /(?<![\w.~-])[\w.~-]{3}\dQ~[\w.~-]{31,34}(?![\w.~-])/,
];

export function looksLikeSecret(text: string): boolean {
  return SECRETS.some((pattern) => pattern.test(text));
}

/** Keys whose values are secrets; `tokenFile` and `passwordVariable` say where one is, and are none. */
export function isSecretKey(key: string): boolean {
  return /(secret|passw(or)?d|passphrase|token|(api|private|access)[-_]?key)s?$/i.test(key);
}

export const NO_SECRETS =
  "There is never a secret in this file. Put it into the environment, as NORTHBANK_ARM_CLIENT_SECRET for " +
  "`credential: { environment: NORTHBANK }`, or sign in with federatedToken, certificate or managedIdentity";
