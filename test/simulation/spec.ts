/** Random programs of a stack, as what they declare, as resources, and as the parts that must hold afterwards. */
import type { Random } from "../../tools/soak/random.ts";
import { policy, profile, restrictions, target } from "../resources/program.ts";
import type { Declaration } from "../resources/program.ts";
import { GROUPS, MODELS } from "./tenant.ts";
import type { StackName } from "./tenant.ts";

type Key = "one" | "two";

interface Rules {
  readonly isEnforced: boolean;
  readonly enforcementType: "allow" | "block";
  readonly models: readonly string[];
}

interface Profile extends Rules {
  readonly passkeyTypes: readonly string[];
  readonly attestationEnforcement: "disabled" | "registrationOnly";
}

export interface Spec {
  readonly stack: StackName;
  readonly mode: "legacy" | "profiles";
  /** One resource for all, or one for each part. */
  readonly shape: "whole" | "parts";
  readonly state?: "enabled" | "disabled";
  readonly selfService?: boolean;
  /** Parts of the default profile; one stack of a tenant may declare them. */
  readonly base?: Partial<Profile>;
  readonly profiles: Partial<Record<Key, Profile>>;
  readonly include: Readonly<Record<string, readonly string[]>>;
  readonly exclude: readonly string[];
  /** Targets that must not be there. */
  readonly away: readonly string[];
}

export const emptySpec = (stack: StackName, mode: Spec["mode"]): Spec => ({
  stack,
  mode,
  shape: "whole",
  profiles: {},
  include: {},
  exclude: [],
  away: [],
});

function drawRules(random: Random): Rules {
  return {
    isEnforced: random.chance(0.7),
    enforcementType: random.chance(0.7) ? "allow" : "block",
    models: random.some(MODELS, 1),
  };
}

function drawProfile(random: Random): Profile {
  // Synced passkeys never attest.
  const attested = random.chance(0.5);
  return {
    ...drawRules(random),
    passkeyTypes: attested ? ["deviceBound"] : random.some(["deviceBound", "synced"], 1).sort(),
    attestationEnforcement: attested ? "registrationOnly" : "disabled",
  };
}

const without = <T extends object>(record: T, key: string): T =>
  Object.fromEntries(Object.entries(record).filter(([name]) => name !== key)) as T;

type Change = (spec: Spec, random: Random) => Spec;

const places = ({ profiles }: Spec) => ["default", ...Object.keys(profiles)];

const CHANGES: Readonly<Record<string, Change>> = {
  setTarget(spec, random) {
    const group = random.pick(GROUPS[spec.stack]);
    const free = { ...spec, exclude: spec.exclude.filter((id) => id !== group) };
    const away = spec.away.filter((id) => id !== group);
    return { ...free, away, include: { ...spec.include, [group]: random.some(places(spec), 1).sort() } };
  },
  removeTarget: (spec, random) => ({ ...spec, include: without(spec.include, random.pick(GROUPS[spec.stack])) }),
  setAway(spec, random) {
    const group = random.pick(GROUPS[spec.stack]);
    const away = spec.away.includes(group) ? [] : [group];
    return { ...spec, away, include: without(spec.include, group) };
  },
  setExclude(spec, random) {
    const group = random.pick(GROUPS[spec.stack]);
    const exclude = spec.exclude.includes(group) ? [] : [group];
    return { ...spec, exclude, include: without(spec.include, group) };
  },
  setProfile(spec, random) {
    if (spec.mode === "legacy") return spec;
    const key: Key = random.pick(["one", "two"]);
    return { ...spec, profiles: { ...spec.profiles, [key]: drawProfile(random) } };
  },
  setModels(spec, random) {
    const key = random.pick(["one", "two"] as const);
    const old = spec.profiles[key];
    if (old === undefined) return spec;
    return { ...spec, profiles: { ...spec.profiles, [key]: { ...old, models: random.some(MODELS, 1) } } };
  },
  removeProfile(spec, random) {
    const key = random.pick(["one", "two"]);
    const include = Object.entries(spec.include).map(([group, profiles]) => {
      const rest = profiles.filter((one) => one !== key);
      return [group, rest.length > 0 ? rest : ["default"]];
    });
    return { ...spec, profiles: without(spec.profiles, key), include: Object.fromEntries(include) as Spec["include"] };
  },
  setSelfService(spec, random) {
    if (spec.stack !== "alpha") return spec;
    const value = random.pick([true, false, undefined]);
    return value === undefined ? without(spec, "selfService") : { ...spec, selfService: value };
  },
  setState(spec, random) {
    if (spec.stack !== "alpha") return spec;
    return random.chance(0.5) ? without(spec, "state") : { ...spec, state: "enabled" };
  },
  setBase(spec, random) {
    if (spec.stack !== "alpha" || random.chance(0.2)) return without(spec, "base");
    const all = drawProfile(random);
    const { isEnforced, enforcementType, models, passkeyTypes, attestationEnforcement } = all;
    const kinds = spec.mode === "legacy" ? { attestationEnforcement } : { passkeyTypes, attestationEnforcement };
    return {
      ...spec,
      base: {
        ...(random.chance(0.4) && kinds),
        ...(random.chance(0.6) && { models }),
        ...(random.chance(0.5) && { isEnforced, enforcementType, models }),
      },
    };
  },
  setShape: (spec) => ({ ...spec, shape: spec.shape === "whole" ? "parts" : "whole" }),
};

const WEIGHTS = {
  setTarget: 6,
  removeTarget: 2,
  setAway: 1,
  setExclude: 2,
  setProfile: 4,
  setModels: 2,
  removeProfile: 1,
  setSelfService: 2,
  setState: 1,
  setBase: 3,
  setShape: 1,
};

/** A program that differs from the last one in a few ways. */
export function changed(spec: Spec, random: Random): Spec {
  const count = 1 + random.below(4);
  let next = spec;
  for (let index = 0; index < count; index += 1) next = CHANGES[random.weighted(WEIGHTS)]!(next, random);
  return next;
}

const SETTINGS = { lockoutGuard: "off", profileLimit: 10 };
const PART_SETTINGS = { lockoutGuard: "off" };

const nameOf = ({ stack }: Spec, key: string) => `${stack} ${key}`;

const rulesOf = ({ isEnforced, enforcementType, models }: Partial<Rules>) =>
  defined({ isEnforced, enforcementType, models });
const kindsOf = ({ passkeyTypes, attestationEnforcement }: Partial<Profile>) =>
  defined({ passkeyTypes, attestationEnforcement });

const defined = (value: object) =>
  Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined));
const some = (value: object) => Object.keys(value).length > 0;

/** The resources of a program, level by level. */
export function declarationsOf(spec: Spec): Declaration[][] {
  return spec.shape === "whole" ? whole(spec) : parts(spec);
}

function whole(spec: Spec): Declaration[][] {
  const { base, include, exclude, away, state, selfService } = spec;
  const profiles = Object.fromEntries([
    ...Object.entries(spec.profiles).map(([key, one]) => [
      key,
      { name: nameOf(spec, key), ...kindsOf(one), keyRestrictions: rulesOf(one) },
    ]),
    ...(base === undefined
      ? []
      : [["default", { ...kindsOf(base), ...(some(rulesOf(base)) && { keyRestrictions: rulesOf(base) }) }]]),
  ]) as object;
  const targets = Object.entries(include).map(([group, allowed]) => ({ group, profiles: allowed }));
  const args = defined({
    state,
    isSelfServiceRegistrationAllowed: selfService,
    profiles: some(profiles) ? profiles : undefined,
    includeTargets: targets.length > 0 ? targets : undefined,
    excludeTargets: exclude.length > 0 ? exclude : undefined,
    removedIncludeTargets: away.length > 0 ? away : undefined,
  });
  return some(args) ? [[policy("policy", { ...args, ...SETTINGS })]] : [];
}

function parts(spec: Spec): Declaration[][] {
  const { base = {}, include, exclude, away, state, selfService } = spec;
  const own = Object.entries(spec.profiles);
  const settings = defined({ state, isSelfServiceRegistrationAllowed: selfService });
  const id = (key: string, outputs: (resource: string) => Record<string, unknown>) =>
    key === "default" ? key : outputs(`PasskeyKeyRestrictions ${key}`).profileId;
  const ofDefault = { profile: "default", ...PART_SETTINGS };
  return [
    [
      ...(some(settings) ? [policy("settings", { ...settings, ...SETTINGS })] : []),
      ...(some(kindsOf(base)) ? [profile("base", { ...ofDefault, ...kindsOf(base) })] : []),
      ...own.map(([key, one]) => profile(key, { name: nameOf(spec, key), ...kindsOf(one), ...SETTINGS })),
    ],
    [
      ...(some(rulesOf(base)) ? [restrictions("base", { ...ofDefault, ...rulesOf(base) })] : []),
      ...own.map(([key, one]) =>
        restrictions(key, (outputs) => ({
          profile: outputs(`PasskeyProfile ${key}`).profileId,
          ...rulesOf(one),
          ...PART_SETTINGS,
        })),
      ),
    ],
    [
      ...Object.entries(include).map(([group, allowed]) =>
        target(group, (outputs) => ({
          groups: [group],
          profiles: allowed.map((key) => id(key, outputs)),
          ...PART_SETTINGS,
        })),
      ),
      ...exclude.map((group) => target(`not ${group}`, { groups: [group], kind: "exclude", ...PART_SETTINGS })),
      ...away.map((group) => target(`no ${group}`, { groups: [group], removed: true, ...PART_SETTINGS })),
    ],
  ].filter((level) => level.length > 0);
}

const set = (list: readonly string[]) => [...new Set(list.map((one) => one.toLowerCase()))].sort();

/** What must hold once the program is applied, in the words of {@link canonical}; null for what must not be there. */
export function declaredParts(spec: Spec): Map<string, string | null> {
  const all = new Map<string, string | null>();
  const write = (part: string, value: unknown) => all.set(part, value === null ? null : JSON.stringify(value));
  const writeProfile = (name: string, one: Partial<Profile>) => {
    for (const [member, value] of Object.entries({ ...kindsOf(one), ...rulesOf(one) })) {
      const part = `profile/${name}/${member === "models" ? "aaGuids" : member}`;
      write(part, Array.isArray(value) ? set(value as string[]) : value);
    }
  };
  if (spec.state !== undefined) write("state", spec.state);
  if (spec.selfService !== undefined) write("isSelfServiceRegistrationAllowed", spec.selfService);
  if (spec.base !== undefined) writeProfile("default", spec.base);
  for (const [key, one] of Object.entries(spec.profiles)) {
    write(`profile/${nameOf(spec, key)}`, nameOf(spec, key));
    writeProfile(nameOf(spec, key), one);
  }
  for (const [group, allowed] of Object.entries(spec.include)) {
    const names = allowed.map((key) => (key === "default" ? key : nameOf(spec, key)));
    write(`include/${group}`, spec.mode === "legacy" ? [] : set(names));
  }
  for (const group of spec.exclude) write(`exclude/${group}`, true);
  for (const group of spec.away) write(`include/${group}`, null);
  return all;
}
