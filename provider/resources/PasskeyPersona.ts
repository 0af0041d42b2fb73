import * as pulumi from "@pulumi/pulumi";
import { DEFAULT_PROFILE } from "../policy/model.js";
import { PasskeyPolicy } from "./PasskeyPolicy.js";
import type { PasskeyPolicyArgs } from "./PasskeyPolicy.js";
import type {
  GuardSettings,
  KeyRestrictionsInputs,
  PasskeyPolicyInputs,
  ProfileInputs,
} from "./passkeyPolicy/inputs.js";
import type { Arguments } from "./shim.js";

/** People who sign in alike, and the keys that they may use. Strict where nothing is said. */
export interface PasskeyPersonaInputs
  extends
    GuardSettings,
    Pick<ProfileInputs, "id" | "adopt" | "passkeyTypes" | "attestationEnforcement" | "exclusive">,
    Omit<PasskeyPolicyInputs, "profiles" | "includeTargets" | keyof GuardSettings> {
  /** Object ids or display names of the people's security groups. */
  groups: string[];
  /**
   * Which models the people may use. `isEnforced` is true and `enforcementType` is `allow` where they are left out, so
   * that a persona without models is refused and never open.
   */
  keyRestrictions: KeyRestrictionsInputs;
  /** Name of the profile. Default: the name of the resource. Not for the default profile. */
  profileName?: string;
  /**
   * The people are carried by the tenant's default profile instead of one of their own. It cannot be exclusive, because
   * tools that write the older, tenant-wide settings edit it. In a tenant that has not opted in to profiles there is no
   * other one. Default false.
   */
  defaultProfile?: boolean;
}

/** What the program has to know by itself, because the form of the policy follows from it. */
type Plain = "groups" | "keyRestrictions" | "defaultProfile";

/** The arguments of a {@link PasskeyPersona}. */
export type PasskeyPersonaArgs = Omit<Arguments<PasskeyPersonaInputs>, Plain> & {
  groups: readonly pulumi.Input<string>[];
  keyRestrictions: Arguments<KeyRestrictionsInputs>;
  defaultProfile?: boolean;
};

/**
 * One kind of people with one rule: a profile, its key restrictions and its targets, as one {@link PasskeyPolicy} and so
 * as one plan. What is not said is strict: device-bound keys only, attested when they register, from an enforced allow
 * list, in an exclusive profile.
 *
 * The resource inside has the same name; two personas of a program need two names.
 *
 * @throws Error where `defaultProfile` comes with what only a profile of its own can have.
 *
 * @example
 * new PasskeyPersona("nurses", {
 *   groups: [nurses.objectId],
 *   keyRestrictions: { models: ["YubiKey 5 FIPS Series with NFC"] },
 *   breakGlass: { group: "Break-glass" },
 * });
 */
export class PasskeyPersona extends pulumi.ComponentResource {
  /** The policy that the persona is. */
  readonly policy: PasskeyPolicy;
  /** The id of the profile, or `default`; known at preview. */
  readonly profileId: pulumi.Output<string>;

  constructor(name: string, args: PasskeyPersonaArgs, options?: pulumi.ComponentResourceOptions) {
    super("entra-passkeys:index:PasskeyPersona", name, {}, options);
    const key = args.defaultProfile === true ? DEFAULT_PROFILE : name;
    this.policy = new PasskeyPolicy(name, policyOf(name, key, args), { parent: this });
    // Where a check failed there are no outputs.
    this.profileId = this.policy.profileIds.apply((ids) => ids?.[key] ?? key);
    this.registerOutputs({ profileId: this.profileId });
  }
}

const STRICT = { passkeyTypes: ["deviceBound"], attestationEnforcement: "registrationOnly" } as const;
const LISTED = { isEnforced: true, enforcementType: "allow" } as const;

/** A persona written as a policy with one profile. */
function policyOf(name: string, key: string, args: PasskeyPersonaArgs): PasskeyPolicyArgs {
  const { groups, keyRestrictions, profileName, defaultProfile, id, adopt, exclusive, ...rest } = args;
  const { passkeyTypes, attestationEnforcement, ...policy } = rest;
  const own = given({ name: profileName, id, adopt, exclusive });
  if (defaultProfile === true && Object.keys(own).length > 0) {
    const [first] = Object.keys(own);
    throw new Error(
      `PasskeyPersona ${name}: ${first === "name" ? "profileName" : first} is of a profile of its own, and ` +
        "defaultProfile is true. Leave one of them out.",
    );
  }
  const kind = { ...STRICT, ...given({ passkeyTypes, attestationEnforcement }) };
  return {
    ...policy,
    profiles: {
      [key]: {
        ...(defaultProfile !== true && { name, exclusive: true }),
        ...own,
        ...kind,
        keyRestrictions: { ...LISTED, ...given(keyRestrictions) },
      },
    },
    includeTargets: groups.map((group) => ({ group, profiles: [key] })),
  };
}

/** The members that have a value. */
function given<T extends object>(members: T): Partial<T> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Partial<T>;
}
