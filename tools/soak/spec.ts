/** What a stack declares: as a program, and as the parts of the policy that are to be there afterwards. */
import type { Parts } from "./parts.ts";
import { excludedName, PREFIX, PROFILE_LIMIT } from "./world.ts";
import type { StackName } from "./world.ts";

/** The keys of a stack's own profiles. */
export const KEYS = ["p", "q"] as const;
export type Key = (typeof KEYS)[number];

export interface ProfileSpec {
  readonly passkeyTypes: readonly string[];
  readonly attestationEnforcement: string;
  readonly isEnforced: boolean;
  readonly enforcementType: string;
  readonly models: readonly string[];
}

export interface Spec {
  readonly stack: StackName;
  /** Single resources, or one `PasskeyPolicy`. */
  readonly shape: "single" | "whole";
  /** Part of every resource's name: another one renames all of them. */
  readonly generation: number;
  /** A target of its own for each group, or one for all groups with the same profiles. */
  readonly split: boolean;
  readonly guard?: "off" | "warn";
  readonly profiles: Readonly<Partial<Record<Key, ProfileSpec>>>;
  /** By the name of the group: keys of profiles, `default`, or names of others'. */
  readonly include: Readonly<Record<string, readonly string[]>>;
  readonly excluded: readonly number[];
  /** Of alpha. */
  readonly selfService?: boolean;
  /** Of beta. */
  readonly defaultAttestation?: string;
  /** Of beta. */
  readonly defaultModels?: readonly string[];
}

export const emptySpec = (stack: StackName): Spec => ({
  stack,
  shape: "single",
  generation: 0,
  split: false,
  profiles: {},
  include: {},
  excluded: [],
});

export const isEmpty = (spec: Spec): boolean => partsDeclared(spec).size === 0;

export const displayName = (stack: StackName, key: string): string => `${PREFIX[stack]} ${key}`;

const isKey = (profile: string): profile is Key => KEYS.includes(profile as Key);

/** The parts of the policy that a program declares, with the values that they must have. */
export function partsDeclared(spec: Spec): Parts {
  const parts = new Map<string, string>();
  const set = (part: string, value: unknown) => value !== undefined && parts.set(part, JSON.stringify(value));
  const sorted = (list: readonly string[]) => [...list].sort();
  for (const [key, profile] of Object.entries(spec.profiles)) {
    const name = displayName(spec.stack, key);
    const place = `profile/${name}`;
    set(place, { name });
    set(`${place}/passkeyTypes`, sorted(profile.passkeyTypes).join(","));
    set(`${place}/attestationEnforcement`, profile.attestationEnforcement);
    set(`${place}/isEnforced`, profile.isEnforced);
    set(`${place}/enforcementType`, profile.enforcementType);
    set(`${place}/aaGuids`, sorted(profile.models));
  }
  for (const [group, profiles] of Object.entries(spec.include)) {
    const names = profiles.map((one) => (isKey(one) ? displayName(spec.stack, one) : one).toLowerCase());
    set(`include/${group}`, sorted(names));
  }
  for (const index of spec.excluded) set(`exclude/${excludedName(PREFIX[spec.stack], index)}`, true);
  set("isSelfServiceRegistrationAllowed", spec.selfService);
  set("profile/default/attestationEnforcement", spec.defaultAttestation);
  set("profile/default/aaGuids", spec.defaultModels && sorted(spec.defaultModels));
  return parts;
}

/** @param ids ids of profiles that are not the stack's own, by name. */
export function programOf(spec: Spec, ids: ReadonlyMap<string, string>): string {
  // Loaded whether it is used or not, so that an empty program is the same to the engine.
  const head =
    'import { PasskeyGroupTarget, PasskeyKeyRestrictions, PasskeyPolicy, PasskeyProfile } from "pulumi-entra-passkeys";\n' +
    "void [PasskeyGroupTarget, PasskeyKeyRestrictions, PasskeyPolicy, PasskeyProfile];\n";
  if (isEmpty(spec)) return head;
  return head + (spec.shape === "whole" ? whole(spec, ids) : single(spec, ids));
}

const outs = (spec: Spec) => spec.excluded.map((index) => excludedName(PREFIX[spec.stack], index));

const others = (profiles: readonly string[], ids: ReadonlyMap<string, string>) =>
  profiles.map((one) => (isKey(one) || one === "default" ? one : (ids.get(one) ?? one)));

function whole(spec: Spec, ids: ReadonlyMap<string, string>): string {
  const { stack, guard, selfService, defaultAttestation, defaultModels } = spec;
  const profiles: Record<string, unknown> = {};
  for (const [key, { isEnforced, enforcementType, models, ...profile }] of Object.entries(spec.profiles)) {
    const keyRestrictions = { isEnforced, enforcementType, models };
    profiles[key] = { name: displayName(stack, key), adopt: true, ...profile, keyRestrictions };
  }
  if (defaultAttestation !== undefined || defaultModels !== undefined) {
    profiles["default"] = {
      attestationEnforcement: defaultAttestation,
      ...(defaultModels !== undefined && { keyRestrictions: { models: defaultModels } }),
    };
  }
  const include = Object.entries(spec.include).map(([group, list]) => ({ group, profiles: others(list, ids) }));
  const args = {
    lockoutGuard: guard,
    profileLimit: PROFILE_LIMIT,
    isSelfServiceRegistrationAllowed: selfService,
    ...(Object.keys(profiles).length > 0 && { profiles }),
    ...(include.length > 0 && { includeTargets: include }),
    ...(spec.excluded.length > 0 && { excludeTargets: outs(spec) }),
  };
  return `new PasskeyPolicy("all-${spec.generation}", ${JSON.stringify(args, undefined, 2)});\n`;
}

function single(spec: Spec, ids: ReadonlyMap<string, string>): string {
  const { stack, generation, guard, selfService, defaultAttestation, defaultModels } = spec;
  const lines: string[] = [];
  const declare = (type: string, name: string, args: object, variable?: string) => {
    const text = JSON.stringify({ lockoutGuard: guard, ...args }).replace(/"\$(\w+)"/g, "$1.profileId");
    lines.push(`${variable === undefined ? "" : `const ${variable} = `}new ${type}("${name}-${generation}", ${text});`);
  };
  for (const [key, { isEnforced, enforcementType, models, ...profile }] of Object.entries(spec.profiles)) {
    const args = { name: displayName(stack, key), adopt: true, profileLimit: PROFILE_LIMIT, ...profile };
    declare("PasskeyProfile", key, args, `${key}Profile`);
    const restrictions = { profile: `$${key}Profile`, isEnforced, enforcementType, models };
    declare("PasskeyKeyRestrictions", key, restrictions, `${key}Keys`);
  }
  const sets = new Map<string, string[]>();
  for (const [group, list] of Object.entries(spec.include)) {
    const key = spec.split ? group : list.join();
    sets.set(key, [...(sets.get(key) ?? []), group]);
  }
  for (const [key, groups] of sets) {
    const profiles = others(spec.include[groups[0]!]!, ids).map((one) => (isKey(one) ? `$${one}Keys` : one));
    declare("PasskeyGroupTarget", `of ${key}`, { groups, profiles });
  }
  if (spec.excluded.length > 0) declare("PasskeyGroupTarget", "out", { groups: outs(spec), kind: "exclude" });
  if (selfService !== undefined) declare("PasskeyPolicy", "own", { isSelfServiceRegistrationAllowed: selfService });
  if (defaultAttestation !== undefined) {
    declare("PasskeyProfile", "default", { profile: "default", attestationEnforcement: defaultAttestation });
  }
  if (defaultModels !== undefined) {
    declare("PasskeyKeyRestrictions", "default", { profile: "default", models: defaultModels });
  }
  return `${lines.join("\n")}\n`;
}
