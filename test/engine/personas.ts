/** The life of an example on the real engine, and what is to hold of whom meanwhile. */
import assert from "node:assert/strict";
import {
  canRegisterFirstKey,
  keyMatrix,
  type Device,
  type FirstKeyDocuments,
} from "../../provider/dist/policy/access/index.js";
import { normalizePolicy, type Fido2Policy } from "../../provider/dist/policy/index.js";
import { accessOf, KEYS, peopleOf, register, seedOf, type Scene } from "../../tools/demo/scenes.ts";
import { Stack, UNTHROTTLED } from "./stack.ts";

/** By people, the keys of the table with which they may register and sign in. */
export type Expected = Readonly<
  Record<string, { readonly register: readonly string[]; readonly signIn: readonly string[] }>
>;

/** A stack of an example, configured, in the tenant of its scene. */
export async function persona(scene: Scene): Promise<Stack> {
  const stack = await Stack.ofExample(
    { seed: seedOf(scene), tls: "self-signed", switches: UNTHROTTLED },
    scene.example,
  );
  await configure(stack, scene.config);
  return stack;
}

export const configure = (stack: Stack, config: Readonly<Record<string, string>>): Promise<string> =>
  stack.ok(
    "config",
    "set-all",
    ...Object.entries(config).flatMap(([key, value]) => ["--plaintext", `${key}=${value}`]),
  );

/** Everything of a tenant that the examples may write. */
export function tenantOf({ emulator }: Stack): object {
  const tenant = emulator.tenant();
  const comparable = ({ modifiedDateTime: _time, ...rest }: { modifiedDateTime?: unknown }) => rest;
  const text = JSON.stringify({
    policy: tenant.policy(),
    pass: tenant.method("TemporaryAccessPass"),
    strengths: tenant.authenticationStrengths.list().map(comparable),
    access: tenant.conditionalAccessPolicies.list(),
  });
  // A target that was away comes back at the end of its list.
  return JSON.parse(text, (name, value: unknown) =>
    /Targets$/.test(name) && Array.isArray(value) ? value.map((one) => JSON.stringify(one)).sort() : value,
  ) as object;
}

/** Asserts which keys each of the people may register and sign in with. */
export function assertMatrix({ emulator }: Stack, expected: Expected): void {
  const tenant = emulator.tenant();
  const policy = normalizePolicy(tenant.policy() as unknown as Fido2Policy);
  const cells = keyMatrix(policy, peopleOf(tenant), KEYS, accessOf(tenant));
  for (const [people, { register, signIn }] of Object.entries(expected)) {
    const accepted = (act: "register" | "signIn") =>
      cells
        .filter(({ row, ...cell }) => row.name === people && cell[act].answer === "accepted")
        .map(({ key }) => key.name);
    assert.deepEqual(accepted("register"), register, `${people} register`);
    assert.deepEqual(accepted("signIn"), signIn, `${people} sign in`);
  }
}

/** A destroy, acknowledged where giving something back has to be. */
export async function leave(stack: Stack): Promise<void> {
  const { code, output } = await stack.run(["destroy", "--yes", "--skip-preview"]);
  if (code === 0) return;
  const [, acknowledgement = ""] = /ENTRA_PASSKEYS_ACKNOWLEDGE='(\{.*?\})'/.exec(output) ?? [];
  assert.ok(acknowledgement, output);
  stack.env = { ...stack.env, ENTRA_PASSKEYS_ACKNOWLEDGE: acknowledgement.replace("...", "the pilot has ended") };
  await stack.destroy();
}

/** Whoever has nothing but a phone gets a key, so that the plan may go ahead. */
export function equip({ emulator }: Stack, ...scenes: readonly Scene[]): void {
  for (const { stranded } of scenes) {
    if (stranded !== undefined) register(emulator.tenant(), stranded.person, stranded.model);
  }
}

/** A compliant workstation, tagged as a PAW. */
const PAW: Device = {
  isRegistered: true,
  isManaged: true,
  isCompliant: true,
  extensionAttributes: { extensionAttribute1: "PAW" },
};

/**
 * Asserts that a newcomer of a group, without a password or any other method, can register a first key by themselves with
 * everything that only reports enabled; and that they cannot once any one link of that chain is broken.
 *
 * @param registering name of the Conditional Access policy for registering security information
 */
export function assertFirstKey({ emulator }: Stack, group: string, key: string, registering: string): void {
  const tenant = emulator.tenant();
  const policy = normalizePolicy(tenant.policy() as unknown as Fido2Policy);
  const access = accessOf(tenant);
  const conditionalAccess = access.conditionalAccess!.map((one) => ({ ...one, state: "enabled" as const }));
  const pass = access.temporaryAccessPass!;
  const good: FirstKeyDocuments = { policy, ...access, conditionalAccess };
  const person = {
    user: "33333333-3333-4333-8333-333333333333",
    groups: [tenant.groups.get(group).id],
    isAdmin: false,
    hasPassword: false,
    otherMethods: [],
  };
  const model = KEYS.find(({ name }) => name === key)!;
  const answer = (documents: FirstKeyDocuments, device: Device = PAW, comes = model) =>
    canRegisterFirstKey(documents, person, comes, device);
  const { answer: first, reasons } = answer(good);
  assert.equal(first, "accepted", `${group}: ${JSON.stringify(reasons, null, 1)}`);

  const strengthId = conditionalAccess.find(({ displayName }) => displayName === registering)!.grantControls!
    .authenticationStrength!.id;
  const without = (combination: string) =>
    good.strengths!.map((one) =>
      one.id === strengthId
        ? { ...one, allowedCombinations: one.allowedCombinations!.filter((allowed) => allowed !== combination) }
        : one,
    );
  const everyone = {
    operator: "OR" as const,
    builtInControls: ["block"],
    customAuthenticationFactors: [],
    termsOfUse: [],
  };
  const broken: Record<string, FirstKeyDocuments> = {
    "the pass is off": { ...good, temporaryAccessPass: { ...pass, state: "disabled" } },
    "no pass for them": { ...good, temporaryAccessPass: { ...pass, includeTargets: [] } },
    "the strength takes no pass": { ...good, strengths: without("temporaryAccessPassOneTime") },
    "no policy for registering, so that the sign-in strength decides": {
      ...good,
      conditionalAccess: conditionalAccess.filter(({ displayName }) => displayName !== registering),
    },
    "self-service is off": { ...good, policy: { ...policy, isSelfServiceRegistrationAllowed: false } },
    "passkeys are off": { ...good, policy: { ...policy, state: "disabled" } },
    "registering is blocked": {
      ...good,
      conditionalAccess: conditionalAccess.map((one) =>
        one.displayName === registering
          ? { ...one, grantControls: { ...everyone, authenticationStrength: null } }
          : one,
      ),
    },
  };
  for (const [what, documents] of Object.entries(broken)) {
    assert.equal(answer(documents).answer, "rejected", `${group}: ${what}`);
  }
  const unproven = { ...model, attested: false };
  assert.equal(answer(good, PAW, unproven).answer, "rejected", `${group}: a key that does not attest`);
}
