import assert from "node:assert/strict";
import { SCENES } from "../../tools/demo/scenes.ts";
import { configure, leave, persona, tenantOf } from "./personas.ts";
import { azureadOfTests, describeWithEngine, type Stack } from "./stack.ts";
import { stopAtWrite, type Stop } from "./stop.ts";

/** Administrators: a passkey policy, a pass policy, two strengths and three Conditional Access policies. */
const scene = SCENES["admin-paw"]!;

/**
 * At which writes of an up and of the destroy what is stopped: at each once at least. Which write is which differs, since
 * the engine has several under way.
 */
const cases: [stop: Stop, writes: readonly number[]][] = [
  ["SIGKILL of the plugin", [1, 3, 5, 7]],
  ["SIGINT", [2, 4, 6, 8]],
  ["SIGKILL of the CLI", [2, 5]],
];

interface Ends {
  readonly before: object;
  readonly up: object;
  readonly enabled: object;
  /** What a destroy needs, because nobody has to have a hardware key afterwards. */
  readonly acknowledgement: NodeJS.ProcessEnv;
}

describeWithEngine(`The example admin-paw, stopped anywhere, ${azureadOfTests}`, function () {
  this.timeout(400_000);
  let ends: Ends;

  before(async () => {
    await using stack = await persona(scene);
    const before = comparable(stack);
    await stack.up();
    const up = comparable(stack);
    assert.equal(writes(stack), 9, "a policy, a pass, two strengths in two writes each, three of Conditional Access");
    await configure(stack, { conditionalAccess: "enabled" });
    await stack.up();
    const enabled = comparable(stack);
    const changed = writes(stack);
    await leave(stack);
    assert.equal(writes(stack) - changed, 8, "every write of a destroy is a case");
    const { ENTRA_PASSKEYS_ACKNOWLEDGE } = stack.env;
    ends = { before, up, enabled, acknowledgement: { ENTRA_PASSKEYS_ACKNOWLEDGE } };
  });

  for (const [stop, nths] of cases) {
    it(`ends as it does undisturbed: ${stop} at the writes ${nths.join(", ")}`, async () => {
      const lives = nths.map((nth) => stopped(stop, nth, ends));
      await Promise.allSettled(lives);
      await Promise.all(lives);
    });
  }
});

/** Stops an up and a destroy, each at the same write, and compares where the next one ends. */
async function stopped(stop: Stop, nth: number, ends: Ends): Promise<void> {
  await using stack = await persona(scene);
  const upped = await stopAtWrite(stack, "up", nth, stop);
  await stack.up();
  await removeTwins(stack);
  assert.deepEqual(comparable(stack), ends.up, `up, ${stop} at ${upped}, then up`);
  await configure(stack, { conditionalAccess: "enabled" });
  await stack.up();
  assert.deepEqual(comparable(stack), ends.enabled, `${stop}, and later enabled`);
  stack.env = { ...stack.env, ...ends.acknowledgement };
  const destroyed = await stopAtWrite(stack, "destroy", nth, stop);
  await stack.destroy();
  assert.deepEqual(comparable(stack), ends.before, `destroy, ${stop} at ${destroyed}, then destroy`);
}

/**
 * A Conditional Access policy whose creation the engine never heard of is created again, and nobody destroys the first
 * one: so it is with `azuread`.
 */
async function removeTwins(stack: Stack): Promise<void> {
  const { conditionalAccessPolicies } = stack.emulator.tenant();
  const { resources } = await stack.state();
  const known = JSON.stringify(resources);
  const twins = conditionalAccessPolicies.list().filter(({ id }) => !known.includes(id));
  for (const { id, displayName } of twins) {
    const namesakes = conditionalAccessPolicies.list().filter((other) => other.displayName === displayName);
    assert.equal(namesakes.length, 2, displayName);
    conditionalAccessPolicies.remove(id);
  }
}

/** How many documents were written. */
const writes = ({ emulator }: Stack): number =>
  emulator.audit.entries.filter(
    ({ method, path, status }) => method !== "GET" && /\/(policies|identity)\//.test(path) && status < 300,
  ).length;

/** What a tenant has, without what another tenant has otherwise: ids that the service gave, times and its address. */
function comparable(stack: Stack): object {
  const { emulator } = stack;
  const tenant = emulator.tenant();
  const named = [...tenant.authenticationStrengths.list(), ...tenant.conditionalAccessPolicies.list()];
  const text = named.reduce(
    (now, { id, displayName }) => now.replaceAll(id, displayName),
    JSON.stringify(tenantOf(stack)).replaceAll(emulator.url, ""),
  );
  return JSON.parse(text, (name, value: unknown) => {
    if (/^(created|modified)DateTime$/.test(name)) return undefined;
    if (name === "combinationConfigurations") return (value as { id: string }[]).map(({ id: _id, ...one }) => one);
    if (name === "access" || name === "strengths") return (value as { id: string }[]).sort(byId);
    return value;
  }) as object;
}

const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1);
