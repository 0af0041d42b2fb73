import { acceptsModel, acceptsKey, any, both, not, yes } from "./acceptance.js";
import type { Acceptance, Registration } from "./acceptance.js";
import type { NestedMembership } from "./impact/inventory.js";
import { means } from "./impact/membership.js";
import { knownPasskeyType } from "./normalize.js";
import type { NormalExcludeTarget, NormalPolicy, NormalProfile } from "./normalize.js";

/** What decides which targets mean someone. */
export interface Member {
  /** Object id or pseudonym of the user. */
  readonly user: string;
  /** Object ids of the groups, nested membership included. */
  readonly groups: readonly string[];
  /** Those of `groups` that the user is in through nested groups only. */
  readonly nested?: readonly string[];
}

/** A key, as far as sign-in looks at it. */
export interface Key {
  readonly aaguid?: string | undefined;
  readonly passkeyType?: string | undefined;
}

/** A profile that a person has, for sure or perhaps. */
export interface Cover {
  readonly profile: NormalProfile;
  /** `accepted`: for sure; `unknown`: it could not be read. */
  readonly covered: Acceptance;
  /** The targets that give it, sorted. */
  readonly targets: readonly string[];
}

/**
 * What a policy grants to some people. People of whom the policy says the same share one standing, so that it can stand
 * for them in a table.
 */
export interface Standing {
  readonly state: Acceptance;
  readonly excluded: Acceptance;
  /** The excluded groups that decide, sorted. */
  readonly excludedBy: readonly string[];
  readonly covers: readonly Cover[];
}

export interface SignInOptions {
  /** The groups whose members were read, in lower case; absent where everyone's groups are all known. */
  readonly groupsRead?: ReadonlySet<string> | undefined;
  /** Default `unknown`. */
  readonly nestedMembership?: NestedMembership | undefined;
}

/** Where people have more lists than these, everyone has their own, and remembering them costs more than it saves. */
const MOST_LISTS = 100_000;

const distinct = (ids: readonly string[]): string[] => [...new Set(ids)].sort();

/** A policy made ready to be asked about many people and many keys. */
export class SignIn {
  readonly #state: Acceptance;
  readonly #profiles: ReadonlyMap<string, NormalProfile>;
  readonly #usersTargeted: boolean;
  readonly #standings = new Map<string, Standing>();
  readonly #byText = new Map<string, Standing>();
  /** By the lists themselves: many people share one. */
  readonly #byGroups = new Map<readonly string[], Map<readonly string[] | undefined, Standing>>();
  readonly #keys = new Map<Standing, Map<string | undefined, Map<string | undefined, Acceptance>>>();

  constructor(
    readonly policy: NormalPolicy,
    private readonly options: SignInOptions = {},
  ) {
    const { state } = policy;
    this.#state = state === "enabled" || state === "disabled" ? yes(state === "enabled") : "unknown";
    this.#profiles = new Map(policy.profiles.map((profile) => [profile.id, profile]));
    const targets = [...policy.includeTargets, ...policy.excludeTargets];
    this.#usersTargeted = targets.some(({ targetType }) => targetType === "user");
  }

  /** What the policy grants to a person. The same object for everyone of whom it says the same. */
  standing(person: Member): Standing {
    if (this.#usersTargeted) return this.#compute(person);
    const byNested = this.#byGroups.get(person.groups);
    const known = byNested?.get(person.nested);
    if (known !== undefined) return known;
    const text = `${person.groups.join()}/${person.nested?.join() ?? ""}`;
    const standing = this.#byText.get(text) ?? this.#compute(person);
    this.#byText.set(text, standing);
    if (byNested !== undefined) byNested.set(person.nested, standing);
    else if (this.#byGroups.size < MOST_LISTS) this.#byGroups.set(person.groups, new Map([[person.nested, standing]]));
    return standing;
  }

  #compute(person: Member): Standing {
    const lower = (groups: readonly string[] = []) => groups.map((group) => group.toLowerCase());
    const member = { user: person.user, groups: lower(person.groups), nested: lower(person.nested) };
    const { groupsRead, nestedMembership = "unknown" } = this.options;
    const covers = (target: NormalExcludeTarget) => means(target, member, { groupsRead, nestedMembership });
    const excludes = this.policy.excludeTargets
      .map((target) => ({ id: target.id, covered: covers(target) }))
      .filter(({ covered }) => covered !== "rejected");
    const found = new Map<string, { covered: Acceptance; targets: string[] }>();
    for (const target of this.policy.includeTargets) {
      const covered = covers(target);
      if (covered === "rejected") continue;
      for (const id of target.profiles) {
        const known = found.get(id);
        found.set(id, {
          covered: any([known?.covered ?? "rejected", covered]),
          targets: [...(known?.targets ?? []), target.id],
        });
      }
    }
    const excluded = any(excludes.map(({ covered }) => covered));
    const excludedBy = distinct(excludes.filter(({ covered }) => covered === excluded).map(({ id }) => id));
    const mine = [...found]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([id, { covered, targets }]) => ({ id, covered, targets: distinct(targets) }));
    const key = JSON.stringify([excluded, excludedBy, mine.map(({ id, covered, targets }) => [id, covered, targets])]);
    let standing = this.#standings.get(key);
    if (standing === undefined) {
      standing = {
        state: this.#state,
        excluded,
        excludedBy,
        covers: mine.flatMap(({ id, ...rest }) => {
          const profile = this.#profiles.get(id);
          return profile === undefined ? [] : [{ profile, ...rest }];
        }),
      };
      this.#standings.set(key, standing);
    }
    return standing;
  }

  /**
   * Whether people with this standing can sign in with a key: the policy is enabled, they are in a target and in no
   * excluded group, and at least one of their profiles accepts the key's type and model.
   *
   * @see https://learn.microsoft.com/entra/identity/authentication/how-to-authentication-passkeys-fido2
   */
  accepts(standing: Standing, key: Key): Acceptance {
    let byModel = this.#keys.get(standing);
    if (byModel === undefined) this.#keys.set(standing, (byModel = new Map()));
    let byType = byModel.get(key.aaguid);
    if (byType === undefined) byModel.set(key.aaguid, (byType = new Map()));
    let accepted = byType.get(key.passkeyType);
    if (accepted === undefined) {
      const through = standing.covers.map(({ profile, covered }) => both(covered, this.acceptedBy(profile, key)));
      const unread = this.policy.mode === "unknown" ? "unknown" : any(through);
      accepted = both(both(standing.state, not(standing.excluded)), unread);
      byType.set(key.passkeyType, accepted);
    }
    return accepted;
  }

  /**
   * Whether a profile of this policy lets a key sign in. Attestation gates registration only, so whether a legacy tenant
   * with it lets older synced passkeys in is not known.
   */
  acceptedBy(profile: NormalProfile, key: Key): Acceptance {
    const attested = this.policy.mode === "legacy" && profile.attestationEnforcement === "registrationOnly";
    const unsure = attested && knownPasskeyType(key.passkeyType) === "synced";
    return unsure ? both("unknown", acceptsModel(profile.keyRestrictions, key.aaguid)) : acceptsKey(profile, key);
  }
}

const ready = new WeakMap<NormalPolicy, SignIn>();

/** Whether a user can sign in with a registered key; see {@link SignIn.accepts}. */
export function usable(policy: NormalPolicy, registration: Registration): Acceptance {
  let signIn = ready.get(policy);
  if (signIn === undefined) ready.set(policy, (signIn = new SignIn(policy)));
  return signIn.accepts(signIn.standing(registration), registration);
}
