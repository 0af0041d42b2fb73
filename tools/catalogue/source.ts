/** One entry of the FIDO metadata, as a local extract of it holds it. */
export interface MetadataEntry {
  readonly aaguid: string;
  readonly description: string;
  readonly transports: readonly string[];
  readonly attachmentHint: readonly string[];
  readonly biometric: boolean;
  readonly keyProtection: readonly string[];
  readonly attestationTypes: readonly string[];
  readonly versions: readonly string[];
  readonly extensions: readonly string[];
  readonly residentKey: boolean;
  readonly statusReports: readonly { readonly status: string; readonly effectiveDate: string }[];
}

/** An edition of the FIDO metadata: `{ number, nextUpdate, entries }`. */
export interface Metadata {
  readonly number: number;
  readonly nextUpdate: string;
  readonly entries: readonly MetadataEntry[];
}

const AAGUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const LISTS = ["transports", "attachmentHint", "keyProtection", "attestationTypes", "versions", "extensions"] as const;

/**
 * Checks that a parsed file has the form of {@link Metadata}. An empty or damaged file must not become an empty
 * catalogue.
 */
export function readMetadata(parsed: unknown): Metadata {
  const root = object(parsed, "the file");
  if (!Number.isInteger(root.number)) throw new Error("the file has no edition number");
  if (typeof root.nextUpdate !== "string" || !DATE.test(root.nextUpdate)) throw new Error("nextUpdate is not a date");
  if (!Array.isArray(root.entries) || root.entries.length === 0) throw new Error("the file has no entries");
  const entries = root.entries.map(readEntry);
  const seen = new Set(entries.map((entry) => entry.aaguid));
  if (seen.size !== entries.length) throw new Error("two entries share an AAGUID");
  return { number: root.number as number, nextUpdate: root.nextUpdate, entries };
}

function readEntry(value: unknown, place: number): MetadataEntry {
  const entry = object(value, `entry ${place}`);
  const { aaguid, description } = entry;
  if (typeof aaguid !== "string" || !AAGUID.test(aaguid)) throw new Error(`entry ${place} has no AAGUID in lower case`);
  const wrong = (what: string) => new Error(`${aaguid}: ${what}`);
  if (typeof description !== "string" || description.trim() === "") throw wrong("no description");
  for (const list of LISTS) if (!isStrings(entry[list])) throw wrong(`${list} is not a list of strings`);
  for (const flag of ["biometric", "residentKey"]) {
    if (typeof entry[flag] !== "boolean") throw wrong(`${flag} is not a boolean`);
  }
  if (!Array.isArray(entry.statusReports)) throw wrong("statusReports is not a list");
  for (const value of entry.statusReports) {
    const report = object(value, `${aaguid}: a status report`);
    if (!/^[A-Za-z0-9_]+$/.test(String(report.status))) throw wrong("a status report without status");
    if (!DATE.test(String(report.effectiveDate))) throw wrong("a status report without date");
  }
  return entry as unknown as MetadataEntry;
}

function object(value: unknown, what: string): Record<string, unknown> {
  if (!isObject(value)) throw new Error(`${what} is not an object`);
  return value;
}

/** Whether a parsed value is an object, not a list or null. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isStrings(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}
