import type { Inventory, Passkey, Person } from "../policy/index.js";
import { InventoryError, type InventoryErrorCode } from "./errors.js";
import { faultOf, FORMAT, isEnd, isHeader, parseLine, type Header, type Json, type Source } from "./format.js";
import { Interning, type KeepDetails } from "./intern.js";
import { linesOf, type Line } from "./lines.js";
import { FirstVersion } from "./version1.js";

/** Which inventory files are taken. */
export interface InventoryRules extends KeepDetails {
  readonly tenantId: string;
  /** In hours. */
  readonly maxAge: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** An inventory from a file. */
export interface FileInventory extends Inventory {
  /** ISO 8601. */
  readonly created: string;
  /** ISO 8601. */
  readonly expires?: string;
  /** Since `created`, when it was read. */
  readonly ageHours: number;
  /** What it was made from; absent in files of version 1. */
  readonly source?: Source;
  /** Fingerprint of the salt of its pseudonyms; absent in files of version 1. */
  readonly salt?: string;
}

/** Clocks of two machines may differ by so much. */
const CLOCK_SKEW_HOURS = 0.25;

/**
 * Reads an inventory file of version 2 (one person a line) or version 1 (one passkey a line), line by line. Equal parts
 * are kept once: a million people take less than 400 MB. Further members are passed over.
 *
 * @throws InventoryError for a file that is unreadable, of another tenant, too old, or incomplete.
 */
export function readInventoryFile(path: string, rules: InventoryRules): FileInventory {
  const fail = (code: InventoryErrorCode, line: number, reason: string, wayOut: string) =>
    new InventoryError(code, path, line, reason, wayOut);
  try {
    return readLines(path, rules);
  } catch (error) {
    if (error instanceof InventoryError) throw error;
    const reason = `cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`;
    throw fail("unreadable", 0, reason, "Give the path of a file that is there");
  }
}

/** The tenant that an inventory says it is of; empty where it says none, which {@link readInventoryFile} refuses with reason. */
export function inventoryTenant(path: string): string {
  try {
    const [first] = linesOf(path);
    const tenant = parseLine(first?.text ?? "")?.["tenant"];
    return typeof tenant === "string" ? tenant : "";
  } catch {
    return "";
  }
}

function readLines(path: string, rules: InventoryRules): FileInventory {
  const lines = linesOf(path);
  const first = parseLine(lines.next().value?.text ?? "");
  const header = checkHeader(path, first, rules);
  const ageHours = checkAge(path, header, rules);
  const known = { created: header.created, ...(header.expires !== undefined && { expires: header.expires }), ageHours };
  const interning = new Interning(rules);
  if (!isHeader(first)) return { ...new FirstVersion(path, interning).read(lines), ...known };
  return {
    people: readPeople(path, lines, interning),
    scope: first.scope === "everyone" ? first.scope : lowered(first.scope),
    groupsRead: lowered(first.groups),
    source: first.source,
    salt: first.salt,
    ...known,
  };
}

function lowered(ids: readonly string[]): ReadonlySet<string> {
  return new Set(ids.map((id) => id.toLowerCase()));
}

/** @returns tenant and times, of either version. */
export function checkHeader(
  path: string,
  line: Json | undefined,
  { tenantId }: Pick<InventoryRules, "tenantId">,
): Pick<Header, "tenant" | "created" | "expires"> {
  if (typeof line?.["tenant"] !== "string" || typeof line["created"] !== "string") {
    const wayOut = "Make one with `entra-passkeys inventory`";
    throw new InventoryError("format", path, 1, "does not tell its tenant and when it was created", wayOut);
  }
  if (line["format"] !== undefined && !isHeader(line)) {
    const reason =
      line["format"] === FORMAT
        ? `has version ${JSON.stringify(line["version"])}, or a header, that this version does not know`
        : `has the format ${JSON.stringify(line["format"])}, which is not ${FORMAT}`;
    throw new InventoryError("format", path, 1, reason, "Make it again, or use a newer version of this package");
  }
  if (line["tenant"].toLowerCase() !== tenantId.toLowerCase()) {
    const reason = `is of the tenant ${line["tenant"]}, not of ${tenantId}`;
    throw new InventoryError("otherTenant", path, 1, reason, "Give the inventory of this tenant");
  }
  return line as unknown as Header;
}

/** @returns the age in hours. */
function checkAge(
  path: string,
  { created, expires }: Pick<Header, "created" | "expires">,
  rules: InventoryRules,
): number {
  const fail = (reason: string, wayOut: string) => new InventoryError("age", path, 1, reason, wayOut);
  const from = Date.parse(created);
  const until = expires === undefined ? Number.POSITIVE_INFINITY : Date.parse(expires);
  if (Number.isNaN(from) || Number.isNaN(until)) throw fail("has a time that cannot be read", "Use ISO 8601");
  const hours = (rules.now - from) / 3_600_000;
  const again = "Make it again (`entra-passkeys inventory`)";
  if (hours < -CLOCK_SKEW_HOURS) throw fail(`was created in the future, at ${created}`, "Check the clocks");
  if (rules.now > until) throw fail(`has expired at ${expires}, ${Math.floor(hours)} hours old`, again);
  if (hours > rules.maxAge) {
    const reason = `is ${Math.floor(hours)} hours old, and at most ${rules.maxAge} are allowed`;
    throw fail(reason, `${again}, or raise inventoryMaxAge if nobody registered a passkey since`);
  }
  return Math.max(0, hours);
}

function readPeople(path: string, lines: Iterable<Line>, interning: Interning): Person[] {
  const people: Person[] = [];
  const counted = { people: 0, passkeys: 0, unread: 0 };
  let number = 1;
  let ended = false;
  for (const { text, open } of lines) {
    number += 1;
    if (text === "") continue;
    if (ended) throw new InventoryError("line", path, number, "comes after the end", "Make the inventory again");
    const line = parseLine(text);
    if (isEnd(line)) {
      ended = true;
      const differing = (["people", "passkeys", "unread"] as const).find((name) => line[name] !== counted[name]);
      if (differing === undefined) continue;
      const reason = `says ${String(line[differing])} ${differing}, and there are ${counted[differing]}`;
      throw new InventoryError("incomplete", path, number, reason, "Make the inventory again");
    }
    const fault = faultOf(line);
    if (fault !== undefined) {
      if (open) throw incomplete(path, number);
      throw new InventoryError("line", path, number, fault, "Make the inventory again");
    }
    const person = toPerson(line!, interning);
    people.push(person);
    counted.people += 1;
    if (person.passkeys) counted.passkeys += person.passkeys.length;
    else counted.unread += 1;
  }
  if (!ended) throw incomplete(path, 0);
  return people;
}

function incomplete(path: string, line: number): InventoryError {
  const target = path.replace(/\.partial$/, "");
  const wayOut = `Run \`entra-passkeys inventory --out ${target}\`; a run that was cut goes on from its .partial file`;
  return new InventoryError("incomplete", path, line, "is incomplete: it breaks off before its end", wayOut);
}

/** Every person has the same members in memory, which is what keeps them small. */
function toPerson(line: Json, interning: Interning): Person {
  const { user, userType, enabled, isAdmin, groups, nested, otherMethods, passkeys } = line as unknown as Person;
  return {
    user,
    userType: userType == null ? undefined : interning.text(userType),
    enabled: enabled ?? undefined,
    isAdmin: isAdmin ?? undefined,
    groups: interning.list(groups.map((id) => id.toLowerCase())),
    nested: nested && interning.list(nested.map((id) => id.toLowerCase())),
    otherMethods: otherMethods && interning.list(otherMethods),
    passkeys: passkeys && interning.passkeys(passkeys as readonly Passkey[]),
  } as Person;
}
