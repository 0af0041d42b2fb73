import { readFileSync } from "node:fs";
import { isGuid } from "../policy/index.js";
import type { Registration } from "../policy/index.js";

/** An inventory file that cannot be used. The message names the file, the line, the reason and the way out. */
export class InventoryError extends Error {
  override readonly name = "InventoryError";
}

export interface InventoryRules {
  readonly tenantId: string;
  /** In hours. */
  readonly maxAge: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export interface Inventory {
  readonly registrations: readonly Registration[];
  /** ISO 8601. */
  readonly created: string;
}

/**
 * Reads an inventory of registered passkeys: JSON Lines, the first line `{ "tenant", "created", "expires"? }`, every other
 * line one passkey `{ "id", "user", "groups", "aaguid"?, "passkeyType"? }`. Further members are passed over.
 *
 * @throws InventoryError for a file that is unreadable, of another tenant, or too old.
 */
export function readInventoryFile(path: string, rules: InventoryRules): Inventory {
  const fail = (line: number, reason: string, wayOut: string) =>
    new InventoryError(`The inventory ${path}${line > 0 ? `, line ${line},` : ""} ${reason}. ${wayOut}.`);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw fail(0, `cannot be read (${(error as NodeJS.ErrnoException).code})`, "Give the path of a file that is there");
  }
  const lines = text.split("\n").map((line) => line.trim());
  const header = parse(lines[0] ?? "");
  if (typeof header?.["tenant"] !== "string" || typeof header["created"] !== "string") {
    throw fail(
      1,
      "does not tell its tenant and when it was created",
      'Start it with {"tenant":"<GUID>","created":"<time>"}',
    );
  }
  if (header["tenant"].toLowerCase() !== rules.tenantId.toLowerCase()) {
    throw fail(
      1,
      `is of the tenant ${header["tenant"]}, not of ${rules.tenantId}`,
      "Give the inventory of this tenant",
    );
  }
  checkAge(header, rules, (reason, wayOut) => fail(1, reason, wayOut));
  const registrations: Registration[] = [];
  for (const [index, line] of lines.entries()) {
    if (index === 0 || line === "") continue;
    const entry = parse(line);
    const groups = entry?.["groups"];
    if (typeof entry?.["id"] !== "string" || typeof entry["user"] !== "string" || !Array.isArray(groups)) {
      throw fail(index + 1, "is not a passkey with id, user and groups", "Make the inventory again");
    }
    const { aaguid, passkeyType } = entry;
    if (aaguid !== undefined && aaguid !== null && !isGuid(aaguid)) {
      throw fail(index + 1, `has the AAGUID ${JSON.stringify(aaguid)}, which is none`, "Make the inventory again");
    }
    registrations.push({
      id: entry["id"],
      user: entry["user"],
      groups: groups.map(String),
      ...(typeof aaguid === "string" && { aaguid: aaguid.toLowerCase() }),
      ...(typeof passkeyType === "string" && { passkeyType }),
    });
  }
  return { registrations, created: header["created"] };
}

function parse(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function checkAge(
  header: Record<string, unknown>,
  rules: InventoryRules,
  fail: (reason: string, wayOut: string) => InventoryError,
): void {
  const created = Date.parse(String(header["created"]));
  const expires = header["expires"] === undefined ? Number.POSITIVE_INFINITY : Date.parse(String(header["expires"]));
  if (Number.isNaN(created) || Number.isNaN(expires)) throw fail("has a time that cannot be read", "Use ISO 8601");
  const hours = (rules.now - created) / 3_600_000;
  if (hours > rules.maxAge || rules.now > expires) {
    const age = `is ${Math.floor(hours)} hours old, and at most ${rules.maxAge} are allowed or it has expired`;
    throw fail(age, "Make it again, or raise inventoryMaxAge if nobody registered a passkey since");
  }
}
