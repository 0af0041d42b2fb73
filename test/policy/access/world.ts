/**
 * First keys of which everything is known, and what comes of them, straight from the definitions and by brute force. It
 * shares no code with the package.
 */
import fc from "fast-check";
import { readAccess } from "../../../provider/dist/policy/access/index.js";
import type { Device, FirstKeyDocuments, KeyModel, Newcomer } from "../../../provider/dist/policy/access/index.js";
import { weighted } from "../arbitraries.ts";
import { method } from "../impact/tenant.ts";
import { KEY_A, KEY_B, NURSES, STUDENTS } from "../util.ts";
import {
  BOOTSTRAP,
  everywhere,
  KEY,
  KEYS_ONLY,
  MFA,
  newcomer,
  NO_CONTROLS,
  pass,
  passkeys,
  registering,
  STRENGTHS,
} from "./tenant.ts";

/** What a Conditional Access policy says. */
export interface Rule {
  readonly about: "registering" | "everything";
  readonly state: "enabled" | "disabled" | "enabledForReportingButNotEnforced";
  readonly includes: readonly string[];
  readonly excludes: readonly string[];
  readonly filter: "none" | "all but PAWs" | "PAWs";
  readonly controls: readonly ("mfa" | "compliantDevice")[];
  readonly strength: string | undefined;
  readonly blocks: boolean;
  readonly operator: "AND" | "OR";
}

export interface World {
  readonly groups: readonly string[];
  readonly hasPassword: boolean;
  readonly hasPhone: boolean;
  readonly selfService: boolean;
  readonly key: Required<KeyModel>;
  readonly pass: {
    readonly on: boolean;
    readonly once: boolean;
    readonly include: string;
    readonly exclude: string | undefined;
  };
  readonly rules: readonly Rule[];
  readonly device: "PAW" | "laptop" | "own";
}

const DEVICES: Readonly<Record<World["device"], Device>> = {
  PAW: {
    isRegistered: true,
    isManaged: true,
    isCompliant: true,
    isHybridJoined: false,
    extensionAttributes: { extensionAttribute1: "PAW" },
  },
  laptop: { isRegistered: true, isManaged: true, isCompliant: false, isHybridJoined: false, extensionAttributes: {} },
  own: { isRegistered: false },
};

export const rules: fc.Arbitrary<Rule> = fc
  .record({
    about: fc.constantFrom("registering", "everything"),
    state: weighted<Rule["state"]>([8, "enabled"], [1, "disabled"], [2, "enabledForReportingButNotEnforced"]),
    includes: weighted([3, ["all"]], [5, [STUDENTS]], [1, [NURSES]], [1, []]),
    excludes: weighted([6, []], [1, [NURSES]], [1, [STUDENTS]]),
    filter: weighted<Rule["filter"]>([6, "none"], [2, "all but PAWs"], [1, "PAWs"]),
    controls: fc.subarray(["mfa", "compliantDevice"], { maxLength: 2 }),
    strength: weighted<string | undefined>([3, BOOTSTRAP], [3, KEYS_ONLY], [2, MFA], [4, undefined]),
    blocks: weighted([6, false], [1, true]),
    operator: fc.constantFrom("AND", "OR"),
  })
  .map(
    (rule) => (rule.controls.length === 0 && rule.strength === undefined ? { ...rule, blocks: true } : rule) as Rule,
  );

export const worlds: fc.Arbitrary<World> = fc.record({
  groups: weighted([5, [STUDENTS]], [2, [STUDENTS, NURSES]], [1, [NURSES]]),
  hasPassword: fc.boolean(),
  hasPhone: fc.boolean(),
  selfService: weighted([9, true], [1, false]),
  key: fc.record({
    aaguid: weighted([9, KEY_A], [1, KEY_B]),
    passkeyType: weighted([9, "deviceBound"], [1, "synced"]),
    attested: weighted([9, true], [1, false]),
  }),
  pass: fc.record({
    on: weighted([6, true], [1, false]),
    once: fc.boolean(),
    include: weighted([2, "all_users"], [3, STUDENTS], [1, NURSES]),
    exclude: weighted<string | undefined>([5, undefined], [1, NURSES]),
  }),
  rules: fc.array(rules, { maxLength: 3 }),
  device: fc.constantFrom("PAW", "laptop", "own"),
});

/** A rule as Graph answers it. */
export function json(rule: Rule): object {
  const { about, state, includes, excludes, filter, controls, strength, blocks, operator } = rule;
  const grants = {
    ...NO_CONTROLS,
    operator,
    builtInControls: blocks ? ["block"] : controls,
    authenticationStrength: blocks || strength === undefined ? null : { id: strength },
  };
  const condition = filter === "PAWs" ? "include" : "exclude";
  const more = {
    users: {
      includeUsers: includes.includes("all") ? ["All"] : [],
      includeGroups: includes.filter((id) => id !== "all"),
      excludeGroups: excludes,
    },
    ...(filter !== "none" && {
      devices: { deviceFilter: { mode: condition, rule: 'device.extensionAttribute1 -eq "PAW"' } },
    }),
  };
  return (about === "registering" ? registering : everywhere)(grants, { state }, more);
}

/** The arguments of `canRegisterFirstKey` for a world. */
export function asked(
  world: World,
  more: readonly object[] = [],
): [Required<FirstKeyDocuments>, Newcomer, KeyModel, Device] {
  const { groups, hasPassword, hasPhone, pass: policy } = world;
  const temporaryAccessPass = pass({
    state: policy.on ? "enabled" : "disabled",
    isUsableOnce: policy.once,
    includeTargets: [{ id: policy.include, targetType: "group" }],
    excludeTargets: policy.exclude === undefined ? [] : [{ id: policy.exclude, targetType: "group" }],
  });
  const documents = {
    policy: passkeys({ isSelfServiceRegistrationAllowed: world.selfService }),
    methods: [method("Sms"), method("Voice")],
    nestedMembership: "unknown",
    ...readAccess({
      conditionalAccess: [...world.rules.map(json), ...more],
      strengths: STRENGTHS,
      temporaryAccessPass,
    }),
  } as Required<FirstKeyDocuments>;
  const person = newcomer({ groups, hasPassword, otherMethods: hasPhone ? ["mobilePhone"] : [] });
  return [documents, person, { ...KEY, ...world.key }, DEVICES[world.device]];
}

/** Whether a first key comes of it. */
export function registers(world: World): boolean {
  const { groups, key, pass: policy } = world;
  const byPolicy =
    world.selfService &&
    groups.includes(STUDENTS) &&
    key.aaguid === KEY_A &&
    key.passkeyType === "deviceBound" &&
    key.attested;
  const phone = world.hasPassword && world.hasPhone;
  const allowed =
    policy.on &&
    (policy.include === "all_users" || groups.includes(policy.include)) &&
    !(policy.exclude !== undefined && groups.includes(policy.exclude));
  const proofs = [
    ...(allowed ? ["once"] : []),
    ...(allowed && !policy.once ? ["often"] : []),
    ...(phone ? ["phone"] : []),
  ];
  return byPolicy && proofs.some((proof) => world.rules.every((rule) => lets(rule, proof, phone, world)));
}

function applies({ state, includes, excludes, filter }: Rule, { groups, device }: World): boolean {
  if (state !== "enabled" || excludes.some((id) => groups.includes(id))) return false;
  if (!includes.some((id) => id === "all" || groups.includes(id))) return false;
  return filter === "none" || (device === "PAW") === (filter === "PAWs");
}

function lets(rule: Rule, proof: string, phone: boolean, world: World): boolean {
  if (!applies(rule, world)) return true;
  if (rule.blocks) return false;
  const others = world.rules.filter((one) => one.about === "registering" && !one.blocks && one.strength !== undefined);
  const preferred = rule.about === "everything" && others.some((one) => applies(one, world));
  const met = rule.controls.map((control) => control === "mfa" || world.device === "PAW");
  if (rule.strength !== undefined) {
    const takesOnce = rule.strength === BOOTSTRAP || rule.strength === MFA;
    const byPass = (proof === "once" && takesOnce) || (proof === "often" && rule.strength === MFA);
    met.push(preferred || byPass || (phone && rule.strength === MFA));
  }
  return rule.operator === "AND" ? met.every(Boolean) : met.some(Boolean);
}
