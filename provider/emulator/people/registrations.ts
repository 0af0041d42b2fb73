import { createHash } from "node:crypto";
import { DirectoryError } from "../directory/directory.js";
import { isGuid } from "../guid.js";
import { METHOD_WORDS, type Passkey, type PasskeyInput, type Registrations, type RegistrationsInput } from "./types.js";

/** The passkeys and other methods of one tenant's users, by user id. */
export class RegistrationStore {
  readonly #byUser = new Map<string, Registrations>();
  #revision = 0;

  /** @param now clock in milliseconds since 1970 */
  constructor(readonly now: () => number) {}

  /** Goes up with every change. */
  get revision(): number {
    return this.#revision;
  }

  /** What a user has; nothing for one of whom nothing was said. */
  of(userId: string): Readonly<Registrations> {
    return this.#byUser.get(userId.toLowerCase()) ?? NOTHING;
  }

  /** Sets what is given, and leaves the rest. */
  set(userId: string, input: RegistrationsInput): void {
    const { methods, isAdmin, passkeys } = input;
    if (methods === undefined && isAdmin === undefined && passkeys === undefined) {
      return;
    }
    const unknown = methods?.find((word) => !METHOD_WORDS.includes(word));
    if (unknown !== undefined) {
      throw new DirectoryError(`there is no method "${unknown}"; there are ${METHOD_WORDS.join(", ")}`);
    }
    const before = this.of(userId);
    const renewed = passkeys?.reduce<Passkey[]>((made, input) => [...made, this.#make(userId, input, made)], []);
    this.#store(userId, {
      passkeys: renewed ?? before.passkeys,
      methods: methods === undefined ? before.methods : [...new Set(methods)],
      isAdmin: isAdmin ?? before.isAdmin,
    });
  }

  /** @throws DirectoryError when the user has a passkey of this id, or the AAGUID is none */
  addPasskey(userId: string, input: PasskeyInput): Passkey {
    const before = this.of(userId);
    const passkey = this.#make(userId, input, before.passkeys);
    this.#store(userId, { ...before, passkeys: [...before.passkeys, passkey] });
    return passkey;
  }

  /** @throws DirectoryError when the user has no passkey of this id */
  removePasskey(userId: string, id: string): void {
    const before = this.of(userId);
    const passkeys = before.passkeys.filter((passkey) => passkey.id !== id);
    if (passkeys.length === before.passkeys.length) {
      throw new DirectoryError(`the user has no passkey "${id}"`);
    }
    this.#store(userId, { ...before, passkeys });
  }

  /** Forgets a user. */
  remove(userId: string): void {
    this.#byUser.delete(userId.toLowerCase());
    this.#revision++;
  }

  #make(userId: string, input: PasskeyInput, taken: readonly Passkey[]): Passkey {
    const id = input.id ?? freeId(userId, taken);
    if (taken.some((other) => other.id === id)) {
      throw new DirectoryError(`the user has a passkey "${id}" already`);
    }
    if (!isGuid(input.aaGuid)) {
      throw new DirectoryError(`"${input.aaGuid}" is no AAGUID`);
    }
    const passkeyType = input.passkeyType ?? "deviceBound";
    // Synced passkeys cannot be attested (Entra docs).
    const attestationLevel = input.attestationLevel ?? (passkeyType === "synced" ? "notAttested" : "attested");
    return {
      displayName: "Passkey",
      createdDateTime: this.#time(),
      lastUsedDateTime: null,
      model: null,
      attestationCertificates: attestationLevel === "attested" ? [thumbprint(input.aaGuid)] : [],
      ...structuredClone(input),
      id,
      attestationLevel,
      passkeyType,
    };
  }

  #store(userId: string, registrations: Omit<Registrations, "changed">): void {
    this.#byUser.set(userId.toLowerCase(), { ...registrations, changed: this.#time() });
    this.#revision++;
  }

  #time(): string {
    return new Date(this.now()).toISOString();
  }
}

const NOTHING: Readonly<Registrations> = {
  passkeys: [],
  methods: [],
  isAdmin: false,
  changed: "2026-01-01T00:00:00.000Z",
};

/** In the form of Graph's samples; the same in every run. */
function freeId(userId: string, taken: readonly Passkey[]): string {
  for (let n = 0; ; n++) {
    const digest = createHash("sha256").update(`${userId.toLowerCase()}\npasskey\n${n}`).digest("base64url");
    const id = `${digest.slice(0, 22)}2`;
    if (!taken.some((passkey) => passkey.id === id)) {
      return id;
    }
  }
}

/** One for each model: keys of a batch share their attestation certificate. */
function thumbprint(aaGuid: string): string {
  return createHash("sha1").update(aaGuid.toLowerCase()).digest("hex");
}
