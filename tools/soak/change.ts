/** Random changes of what a stack declares. */
import type { Random } from "./random.ts";
import { KEYS } from "./spec.ts";
import type { Key, ProfileSpec, Spec } from "./spec.ts";
import { EXCLUDED, GROUPS, groupName, MODELS, PREFIX } from "./world.ts";

/** How many groups of its own a stack uses at a time. */
const GROUPS_AT_A_TIME = 6;

export interface Bounds {
  /** Groups that are no longer used, because two have written what their targets are. */
  readonly retired: ReadonlySet<string>;
  /** Targets that stay as they are, because of a conflict that is under way. */
  readonly fixed: ReadonlySet<string>;
  /** Targets that keep their profiles, and so their resource, or go: somebody else has changed them. */
  readonly kept: ReadonlySet<string>;
  /** Resources keep their names and form, so that whoever finds a part changed is the one that wrote it. */
  readonly sameResources: boolean;
  /** Profiles stay: somebody else has changed one. */
  readonly sameProfiles: boolean;
}

type Change = (spec: Spec, random: Random, bounds: Bounds) => Spec;

const without = <T extends object>(record: T, key: string): T =>
  Object.fromEntries(Object.entries(record).filter(([name]) => name !== key)) as T;

function randomProfile(random: Random): ProfileSpec {
  // Synced passkeys never attest.
  const attested = random.chance(0.5);
  return {
    passkeyTypes: attested ? ["deviceBound"] : random.some(["deviceBound", "synced"], 1).sort(),
    attestationEnforcement: attested ? "registrationOnly" : "disabled",
    isEnforced: random.chance(0.6),
    enforcementType: random.chance(0.7) ? "allow" : "block",
    models: random.some(MODELS, 1),
  };
}

/** Groups of the stack that it may use now. */
function usable({ stack }: Spec, { retired }: Bounds): string[] {
  const names = GROUPS.map((index) => groupName(PREFIX[stack], index));
  return names.filter((name) => !retired.has(name)).slice(0, GROUPS_AT_A_TIME);
}

const movable = (spec: Spec, bounds: Bounds) => usable(spec, bounds).filter((name) => !bounds.fixed.has(name));

const places = (spec: Spec) => ["default", ...(Object.keys(spec.profiles) as Key[])];

const setTarget: Change = (spec, random, bounds) => {
  const groups = movable(spec, bounds).filter((name) => !bounds.kept.has(name));
  if (groups.length === 0) return spec;
  return { ...spec, include: { ...spec.include, [random.pick(groups)]: random.some(places(spec), 1).sort() } };
};

const removeTarget: Change = (spec, random, bounds) => {
  const groups = movable(spec, bounds).filter((name) => name in spec.include);
  return groups.length === 0 ? spec : { ...spec, include: without(spec.include, random.pick(groups)) };
};

const setProfile: Change = (spec, random, bounds) => {
  const keys = bounds.sameProfiles ? KEYS.filter((key) => spec.profiles[key] !== undefined) : KEYS;
  if (keys.length === 0) return spec;
  return { ...spec, profiles: { ...spec.profiles, [random.pick(keys)]: randomProfile(random) } };
};

const setModels: Change = (spec, random) => {
  const keys = KEYS.filter((key) => spec.profiles[key] !== undefined);
  if (keys.length === 0) return spec;
  const key = random.pick(keys);
  const models = random.some(MODELS, 1);
  return { ...spec, profiles: { ...spec.profiles, [key]: { ...spec.profiles[key]!, models } } };
};

const removeProfile: Change = (spec, random, { sameProfiles }) => {
  const keys = KEYS.filter((key) => spec.profiles[key] !== undefined);
  if (keys.length === 0 || sameProfiles) return spec;
  const key = random.pick(keys);
  const left = Object.entries(spec.include).map(([group, profiles]) => {
    const rest = profiles.filter((one) => one !== key);
    return [group, rest.length > 0 ? rest : ["default"]];
  });
  return { ...spec, profiles: without(spec.profiles, key), include: Object.fromEntries(left) as Spec["include"] };
};

/** What a stack has of the parts that are everyone's. */
const setOwn: Change = (spec, random) => {
  if (spec.stack === "alpha") return withOption(spec, "selfService", random.pick([true, false, undefined]));
  if (random.chance(0.5)) return withOption(spec, "defaultAttestation", random.pick(["disabled", undefined]));
  return withOption(spec, "defaultModels", random.chance(0.7) ? random.some(MODELS, 1) : undefined);
};

function withOption<K extends keyof Spec>(spec: Spec, key: K, value: Spec[K] | undefined): Spec {
  return value === undefined ? without(spec, key) : { ...spec, [key]: value };
}

const changes = {
  setTarget,
  removeTarget,
  setProfile,
  setModels,
  removeProfile,
  setOwn,
  exclude: ((spec, random) => ({ ...spec, excluded: random.some(EXCLUDED).sort() })) satisfies Change,
  guard: ((spec, random) => withOption(spec, "guard", random.pick(["off", "warn", undefined]))) satisfies Change,
  rename: ((spec, _random, { sameResources }) =>
    sameResources ? spec : { ...spec, generation: spec.generation + 1 }) satisfies Change,
  shape: ((spec, _random, { sameResources }) =>
    sameResources ? spec : { ...spec, shape: spec.shape === "single" ? "whole" : "single" }) satisfies Change,
  split: ((spec, _random, { sameResources }) =>
    sameResources ? spec : { ...spec, split: !spec.split }) satisfies Change,
};

const WEIGHTS: Readonly<Record<keyof typeof changes, number>> = {
  setTarget: 6,
  removeTarget: 2,
  setProfile: 3,
  setModels: 2,
  removeProfile: 1,
  setOwn: 2,
  exclude: 2,
  guard: 1,
  rename: 1.5,
  shape: 1.5,
  split: 1,
};

/** A program that differs from the last one in a few ways. */
export function changed(spec: Spec, random: Random, bounds: Bounds): Spec {
  const count = 1 + random.below(4);
  let next = spec;
  for (let index = 0; index < count; index++) next = changes[random.weighted(WEIGHTS)](next, random, bounds);
  return next;
}
