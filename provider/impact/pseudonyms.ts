import { createHmac, randomBytes } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SettingsError } from "../graph/index.js";

/** Overrides the salt of the cache folder, so that several machines give the same pseudonyms. */
export const SALT_VARIABLE = "ENTRA_PASSKEYS_SALT";

const SALT_LENGTH = 16;
const DIGITS = 20;

/**
 * Names for people and passkeys that tell nobody who they are, and stay the same from inventory to inventory: an
 * HMAC-SHA-256 over tenant and id, cut to 80 bits. Whoever has the salt and a list of object ids can undo them, so the
 * salt is a secret like a password.
 */
export class Pseudonyms {
  /** Tells apart salts without telling them: 8 hex digits. Inventories with the same one have the same pseudonyms. */
  readonly fingerprint: string;

  constructor(
    private readonly tenantId: string,
    private readonly salt: string,
  ) {
    this.fingerprint = this.#digest("salt", "").slice(0, 8);
  }

  /** The pseudonym of a user. @param objectId in either letter case */
  user(objectId: string): string {
    return `p-${this.#digest("user", objectId.toLowerCase())}`;
  }

  /** The pseudonym of a passkey. @param id as Graph writes it */
  passkey(id: string): string {
    return `k-${this.#digest("passkey", id)}`;
  }

  #digest(kind: string, id: string): string {
    const text = `${this.tenantId.toLowerCase()}\n${kind}\n${id}`;
    return createHmac("sha256", this.salt).update(text).digest("hex").slice(0, DIGITS);
  }
}

/**
 * Pseudonyms of a tenant, with the salt of `ENTRA_PASSKEYS_SALT`, else of the cache folder, where a random one is made
 * on first use and kept with mode 0600.
 *
 * @throws SettingsError for a salt that is too short to protect anyone.
 */
export function openPseudonyms(
  tenantId: string,
  cacheFolder: string,
  env: NodeJS.ProcessEnv = process.env,
): Pseudonyms {
  const given = env[SALT_VARIABLE]?.trim();
  if (given) return new Pseudonyms(tenantId, checked(given, SALT_VARIABLE));
  const folder = join(cacheFolder, "salt");
  const file = join(folder, tenantId.toLowerCase());
  return new Pseudonyms(tenantId, checked(readSalt(file) ?? makeSalt(folder, file), file));
}

function checked(salt: string, where: string): string {
  if (salt.length >= SALT_LENGTH) return salt;
  const reason = `has ${salt.length} characters, and pseudonyms need at least ${SALT_LENGTH} random ones`;
  throw new SettingsError(where, reason, "Make one with `openssl rand -hex 32`, and keep it like a password.");
}

function readSalt(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8").trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Of several processes that make one at the same time, the first one's counts. */
function makeSalt(folder: string, file: string): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}.${randomBytes(4).toString("hex")}`;
  writeFileSync(draft, `${randomBytes(32).toString("hex")}\n`, { mode: 0o600, flag: "wx" });
  try {
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  return readFileSync(file, "utf8").trim();
}
