import { isGuid } from "../policy/index.js";
import type { Passkey, Person } from "../policy/index.js";

/** What tells an inventory file from any other one. */
export const FORMAT = "entra-passkeys-inventory";
export const VERSION = 2;

/** What an inventory was made from: `true`, or why that could not be read. */
export interface Source {
  /** The registration report, which has other methods, administrators and who has passkeys at all. */
  readonly report: true | string;
  /** Which accounts are disabled. */
  readonly accounts: true | string;
}

/** The first line of an inventory file. */
export interface Header {
  readonly format: typeof FORMAT;
  readonly version: typeof VERSION;
  /** GUID in lower case. */
  readonly tenant: string;
  /** When reading began, ISO 8601. */
  readonly created: string;
  /** ISO 8601. */
  readonly expires?: string;
  /** Everyone, or the members of these groups: object ids in lower case, sorted. */
  readonly scope: "everyone" | readonly string[];
  /** The groups whose members were read: object ids in lower case, sorted. */
  readonly groups: readonly string[];
  readonly source: Source;
  /** Fingerprint of the salt of the pseudonyms. */
  readonly salt: string;
}

/** What the report said of a person's passkeys when they were read, so that the next run can tell whether that changed. */
export interface Stamp {
  /** When the report's record was updated, ISO 8601. */
  readonly updated: string;
  /** The report's words for passkeys. */
  readonly words: readonly string[];
}

/** A line of an inventory file: a person, and what an incremental run needs. */
export interface PersonLine extends Person {
  readonly report?: Stamp;
  /** When the passkeys were read, where that was in an earlier run. ISO 8601. */
  readonly readAt?: string;
}

/** The last line of an inventory file. */
export interface End {
  readonly end: true;
  readonly people: number;
  readonly passkeys: number;
  /** People whose passkeys could not be read. */
  readonly unread: number;
}

export type Json = Record<string, unknown>;

/** An object in JSON, or undefined. */
export function parseLine(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
  } catch {
    return undefined;
  }
}

/** Whether it is a header of this version. Tenant and times are looked at elsewhere. */
export function isHeader(line: Json | undefined): line is Json & Header {
  if (line?.["format"] !== FORMAT || line["version"] !== VERSION) return false;
  const source = line["source"] as Partial<Source> | undefined;
  const isSource = (value: unknown) => value === true || typeof value === "string";
  return (
    typeof line["tenant"] === "string" &&
    typeof line["created"] === "string" &&
    isOptional(line["expires"], "string") &&
    (line["scope"] === "everyone" || isTexts(line["scope"])) &&
    isTexts(line["groups"]) &&
    isSource(source?.report) &&
    isSource(source?.accounts) &&
    typeof line["salt"] === "string"
  );
}

/** Whether it is the last line. */
export function isEnd(line: Json | undefined): line is Json & End {
  return line?.["end"] === true;
}

/** What is wrong with a line that should be a person; undefined = nothing. */
export function faultOf(line: Json | undefined): string | undefined {
  if (line === undefined || typeof line["user"] !== "string" || !isTexts(line["groups"])) {
    return "is not a person with user and groups";
  }
  const { userType, enabled, isAdmin, nested, otherMethods, passkeys } = line;
  const wrong = Object.entries({
    userType: isOptional(userType, "string"),
    enabled: isOptional(enabled, "boolean"),
    isAdmin: isOptional(isAdmin, "boolean"),
    nested: nested === undefined || isTexts(nested),
    otherMethods: otherMethods === undefined || isTexts(otherMethods),
    passkeys: passkeys === undefined || Array.isArray(passkeys),
  }).find(([, right]) => !right);
  if (wrong) return `has ${wrong[0]} in a form that is not known`;
  return ((passkeys as unknown[] | undefined) ?? []).map(passkeyFault).find((fault) => fault !== undefined);
}

function passkeyFault(value: unknown): string | undefined {
  const passkey = value as Partial<Record<keyof Passkey, unknown>> | null;
  if (typeof passkey !== "object" || passkey === null) return "has a passkey that is no object";
  const { aaguid, passkeyType, attestationLevel, id, created, lastUsed } = passkey;
  if (aaguid !== undefined && aaguid !== null && !isGuid(aaguid)) {
    return `has the AAGUID ${JSON.stringify(aaguid)}, which is none`;
  }
  const texts = [passkeyType, attestationLevel, id, created, lastUsed];
  return texts.every((text) => isOptional(text, "string")) ? undefined : "has a passkey in a form that is not known";
}

function isOptional(value: unknown, type: "string" | "boolean"): boolean {
  return value === undefined || value === null || typeof value === type;
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}
