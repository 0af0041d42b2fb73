import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { EmulatorOptions } from "../../provider/dist/emulator/index.js";
import { Stack, UNTHROTTLED } from "./stack.ts";

const KEY = "2fc0579f-8113-47ea-b116-bb5a8db9202a";
const OTHER = "a25342c0-3cdc-4414-8e46-f4807fca511c";
const THIRD = "e77e3c64-05e3-428b-8824-0cbeb04b829d";
/** Room for a new profile beside the old one. */
const PROFILE_LIMIT = 5;

/** A resource that is created, updated and deleted. */
export interface Life {
  readonly title: string;
  /** What the program declares at first, and later. */
  readonly first: string;
  readonly second: string;
  /** How many PATCHes the create, the update and the delete take. */
  readonly steps: readonly [number, number, number];
}

const policy = (args: object) => `new PasskeyPolicy("passkeys", ${JSON.stringify(args)});`;
const listed = (models: string[], more = {}) =>
  policy({
    profiles: { default: { keyRestrictions: { isEnforced: false, models, microsoftAuthenticator: true } } },
    toggle: "enforceFirst",
    inventory: "passkeys.jsonl",
    ...more,
  });
const JOINS = 'toggle: "enforceFirst", inventory: "passkeys.jsonl"';
const students = {
  name: "Students",
  passkeyTypes: ["deviceBound"],
  attestationEnforcement: "registrationOnly",
  keyRestrictions: { isEnforced: true, enforcementType: "allow", models: [KEY] },
};

/** Each time a list gains a model without being enforced afterwards, when it is given back, too. */
export const WINDOWS: Life = {
  title: "PasskeyPolicy with an enforced window each time",
  first: listed([KEY]),
  second: listed([KEY, THIRD], { isSelfServiceRegistrationAllowed: false }),
  steps: [2, 2, 2],
};

/** The update and the delete take the target off a profile before they remove it. */
export const PROFILES: Life = {
  title: "PasskeyPolicy with a profile that a target names until it goes",
  first: policy({ profiles: { students }, includeTargets: [{ group: "Sales", profiles: ["students"] }] }),
  second: policy({
    profiles: { pupils: { ...students, name: "Pupils" } },
    includeTargets: [{ group: "Executives", profiles: ["pupils"] }],
    profileLimit: PROFILE_LIMIT,
  }),
  steps: [1, 2, 2],
};

export const SINGLE_STEPS: Life = {
  title: "PasskeyPolicy with one step each time",
  first: policy({ isSelfServiceRegistrationAllowed: false }),
  second: policy({ includeTargets: [{ group: "Sales", profiles: ["default"] }] }),
  steps: [1, 1, 1],
};

/** Two that are planned together, each with a part in both steps or in one. */
export const TOGETHER: Life = {
  title: "two PasskeyPolicy resources that are one plan with an enforced window",
  first: `${listed([KEY])}new PasskeyPolicy("flag", { isSelfServiceRegistrationAllowed: false, ${JOINS} });`,
  second: `${listed([KEY, THIRD])}new PasskeyPolicy("flag", { includeTargets: [{ group: "Sales" }], ${JOINS} });`,
  steps: [2, 2, 2],
};

const parts = (models: string[], groups: string[]) => `
const profile = new PasskeyProfile("students", {
  name: "Students", passkeyTypes: ["deviceBound"], attestationEnforcement: "registrationOnly",
  profileLimit: ${PROFILE_LIMIT},
});
const keys = new PasskeyKeyRestrictions("students", {
  profile: profile.profileId, isEnforced: true, enforcementType: "allow", models: ${JSON.stringify(models)},
});
new PasskeyGroupTarget("students", { groups: ${JSON.stringify(groups)}, profiles: [keys.profileId] });`;

/** One resource after the other, each with a write of its own. */
export const PARTS: Life = {
  title: "PasskeyProfile, PasskeyKeyRestrictions and PasskeyGroupTarget",
  first: parts([KEY], ["Sales"]),
  second: parts([KEY, OTHER], ["Sales", "Executives"]),
  steps: [3, 2, 3],
};

/** A stack for a life, in a tenant whose default profile has a list that is not enforced. */
export async function begin({ first }: Life, options: EmulatorOptions = {}): Promise<Stack> {
  const switches = { ...UNTHROTTLED, profileLimit: PROFILE_LIMIT };
  const stack = await Stack.create({ seed: "contoso-profiles", switches, ...options }, first);
  const tenant = stack.emulator.tenant();
  tenant.setPolicy(({ passkeyProfiles }) => {
    const keyRestrictions = { isEnforced: false, enforcementType: "allow" as const, aaGuids: [OTHER, KEY] };
    Object.assign(passkeyProfiles[0]!, { keyRestrictions });
  });
  const lines = [
    { tenant: tenant.id, created: new Date().toISOString() },
    { id: "1", user: "u1", groups: [], aaguid: KEY, passkeyType: "deviceBound" },
  ];
  writeFileSync(join(stack.project, "passkeys.jsonl"), lines.map((line) => JSON.stringify(line)).join("\n"));
  return stack;
}

/** The tenant's policy as text: before anything and at the end of each operation. */
export interface Ends {
  readonly before: string;
  readonly create: string;
  readonly update: string;
  /** The stack's state at the end of the create and of the update, see {@link saved}. */
  readonly states: { readonly create: unknown; readonly update: unknown };
}

const lived = new Map<Life, Promise<Ends>>();

/** Lives undisturbed, once for all tests, and tells where each operation ends. */
export function undisturbed(life: Life): Promise<Ends> {
  const ends = lived.get(life) ?? live(life);
  lived.set(life, ends);
  return ends;
}

async function live(life: Life): Promise<Ends> {
  await using stack = await begin(life);
  const before = stack.policy();
  const steps: number[] = [];
  const after = async (command: () => Promise<unknown>) => {
    const written = stack.writes();
    await command();
    steps.push(stack.writes() - written);
    return stack.policy();
  };
  const create = await after(stack.up);
  const created = await saved(stack);
  stack.program(life.second);
  const update = await after(stack.up);
  const states = { create: created, update: await saved(stack) };
  assert.equal(await after(stack.destroy), before, "given back");
  assert.deepEqual(steps, life.steps);
  return { before, create, update, states };
}

/** What the engine has saved of the resources, apart from times. */
export async function saved(stack: Stack): Promise<unknown> {
  const { resources } = await stack.state();
  const ours = resources.filter(({ type }) => type.startsWith("pulumi-nodejs:dynamic/"));
  const parts = ours.map(({ urn, id, inputs, outputs }) => ({ urn, id, inputs, outputs }));
  return JSON.parse(JSON.stringify(parts, (name, value: unknown) => (name === "since" ? undefined : value)));
}

/** A policy with its lists in one order: on the way from another policy the same is listed in another order. */
export const inOrder = (text: string): unknown =>
  JSON.parse(text, (_name, value: unknown) =>
    Array.isArray(value) ? value.map((entry) => JSON.stringify(entry)).sort() : value,
  );
