import { acceptsModel } from "../acceptance.js";
import { knownPasskeyType } from "../normalize.js";
import type { NormalPolicy, NormalProfile } from "../normalize.js";
import type { Cover, SignIn, Standing } from "../signIn.js";

/** A model that no list names: what an allow list rejects and a block list accepts. */
export const OTHER_MODEL = "ffffffff-ffff-ffff-ffff-ffffffffffff";

/** Every model that a list of these policies names, and {@link OTHER_MODEL} for all the others. */
export function modelsOf(...policies: readonly NormalPolicy[]): string[] {
  const named = policies.flatMap(({ profiles }) =>
    profiles.flatMap(({ keyRestrictions }) => keyRestrictions.aaGuids ?? []),
  );
  return [...new Set([...named.map((aaguid) => aaguid.toLowerCase()), OTHER_MODEL])];
}

/** What a profile says of keys at sign-in; two profiles that say the same accept the same, whatever it means. */
export function saysAtSignIn(
  { passkeyTypes, attestationEnforcement, keyRestrictions }: NormalProfile,
  legacy: boolean,
) {
  const { isEnforced, enforcementType, aaGuids } = keyRestrictions;
  const list = aaGuids === undefined ? null : [...new Set(aaGuids.map((aaguid) => aaguid.toLowerCase()))].sort();
  const types = passkeyTypes === undefined ? null : [...passkeyTypes].sort();
  const restrictions = isEnforced === false ? false : [isEnforced ?? null, enforcementType ?? null, list];
  // Before a tenant has profiles, attestation decides which types work.
  return JSON.stringify([types, legacy ? (attestationEnforcement ?? null) : null, restrictions]);
}

/** Compares what two policies accept at sign-in, model by model and type by type, whoever has which key. */
export class SignInComparison {
  readonly #models: readonly string[];
  readonly #known = new Map<NormalProfile, Map<string, boolean>>();

  constructor(
    readonly before: SignIn,
    readonly after: SignIn,
  ) {
    this.#models = modelsOf(before.policy, after.policy);
  }

  /** Whether every key that `profile` accepts or may accept before is accepted for sure by one of `others` after. */
  covers(others: readonly NormalProfile[], profile: NormalProfile): boolean {
    let known = this.#known.get(profile);
    if (known === undefined) this.#known.set(profile, (known = new Map()));
    const key = others.map(({ id }) => id).join();
    let answer = known.get(key);
    if (answer === undefined) known.set(key, (answer = this.#compare(others, profile)));
    return answer;
  }

  #compare(others: readonly NormalProfile[], profile: NormalProfile): boolean {
    const legacy = this.before.policy.mode !== "profiles";
    const same = saysAtSignIn(profile, legacy);
    if (others.some((other) => saysAtSignIn(other, this.after.policy.mode !== "profiles") === same)) return true;
    if (profile.passkeyTypes === undefined) return false;
    for (const passkeyType of profile.passkeyTypes) {
      for (const aaguid of this.#models) {
        if (!this.#accepted(others, profile, passkeyType, aaguid)) return false;
      }
    }
    // In legacy mode synced keys may work although attestation is enforced.
    const perhaps = legacy && profile.attestationEnforcement !== "disabled";
    return !perhaps || this.#models.every((aaguid) => this.#accepted(others, profile, "synced", aaguid));
  }

  #accepted(others: readonly NormalProfile[], profile: NormalProfile, passkeyType: string, aaguid: string): boolean {
    if (knownPasskeyType(passkeyType) === undefined) {
      // A newer type: only a profile that names it and restricts no more will do.
      return (
        acceptsModel(profile.keyRestrictions, aaguid) === "rejected" ||
        others.some(
          (other) =>
            other.passkeyTypes?.has(passkeyType) === true && acceptsModel(other.keyRestrictions, aaguid) === "accepted",
        )
      );
    }
    const key = { aaguid, passkeyType };
    return (
      this.before.acceptedBy(profile, key) === "rejected" ||
      others.some((other) => this.after.acceptedBy(other, key) === "accepted")
    );
  }

  /** Whether nobody with these standings can lose a key, whichever keys they have. */
  losesNothing(before: Standing, after: Standing): boolean {
    if (before.state === "rejected" || before.excluded === "accepted" || before.covers.length === 0) return true;
    // A state that cannot be read and stays the same takes nothing; nor does one that becomes "enabled".
    if (after.state !== "accepted" && this.before.policy.state !== this.after.policy.state) return false;
    // Whoever is excluded after a doubt of the same groups, or of fewer, was excluded before.
    const sameDoubt = after.excluded === "unknown" && after.excludedBy.every((id) => before.excludedBy.includes(id));
    if (after.excluded !== "rejected" && !sameDoubt) return false;
    return before.covers.every((cover) =>
      stillCovering(after, cover).every((others) => this.covers(others, cover.profile)),
    );
  }
}

/**
 * The profiles that someone has after a change at least as surely as they had this one before; for each target that may
 * give it apart, as it is not known which of them does.
 */
function stillCovering({ covers }: Standing, before: Cover): NormalProfile[][] {
  const sure = covers.filter(({ covered }) => covered === "accepted");
  const through = (target: string) =>
    covers.filter(({ covered, targets }) => covered !== "accepted" && targets.includes(target));
  const sets = before.covered === "accepted" ? [sure] : before.targets.map((one) => [...sure, ...through(one)]);
  return sets.map((set) => set.map(({ profile }) => profile));
}
