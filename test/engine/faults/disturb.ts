/** One command of a stack's life with a fault, and what has to hold afterwards. */
import assert from "node:assert/strict";
import type { Emulator, EmulatorOptions, FaultHandle } from "../../../provider/dist/emulator/index.js";
import { begin, inOrder, saved, undisturbed, type Life } from "../lives.ts";
import { type Stack } from "../stack.ts";

export interface Disturbance {
  /** What it proves, for the title. */
  readonly fault: string;
  readonly add: (faults: Emulator["faults"], stack: Stack) => FaultHandle;
  /** What the error says: place, reason and way out; absent = the command succeeds as if nothing had been. */
  readonly error?: RegExp;
  /** What someone else changed meanwhile, and nobody takes back: done to the policy that is expected. */
  readonly foreign?: (policy: Record<string, unknown>) => void;
}

/** A life whose create, update and destroy are each disturbed by something else. */
export interface Case {
  readonly life: Life;
  readonly create: Disturbance;
  readonly update: Disturbance;
  readonly destroy: Disturbance;
  readonly options?: EmulatorOptions;
}

export const titleOf = ({ life, create, update, destroy }: Case): string =>
  `${life.title}: up with ${create.fault}; update with ${update.fault}; destroy with ${destroy.fault}`;

/**
 * Lives with the faults. After an error the same command without the fault ends as the undisturbed life does; every write
 * took effect once, and in the end the tenant is as it was, byte for byte.
 */
export async function liveDisturbed(one: Case): Promise<void> {
  const ends = await undisturbed(one.life);
  await using stack = await begin(one.life, one.options);
  const foreign: Disturbance["foreign"][] = [];
  for (const operation of ["create", "update", "destroy"] as const) {
    if (operation === "update") stack.program(one.life.second);
    const verb = operation === "destroy" ? "destroy" : "up";
    const disturbance = one[operation];
    const mark = stack.emulator.audit.lastSeq;
    const fault = disturbance.add(stack.emulator.faults, stack);
    const { code, output } = await stack.run([verb, "--yes", "--skip-preview"]);
    const place = `${operation} with ${disturbance.fault}:\n${output}`;
    assert.ok(fault.fired > 0, `${place}\nit did not come to that`);
    fault.remove();
    if (disturbance.error === undefined) assert.equal(code, 0, place);
    else {
      assert.notEqual(code, 0, place);
      assert.match(output.replaceAll(/\s+/g, " "), disturbance.error, place);
      await stack[verb]();
    }
    if (disturbance.foreign !== undefined) foreign.push(disturbance.foreign);
    const expected = { create: ends.create, update: ends.update, destroy: ends.before }[operation];
    assert.deepEqual(inOrder(stack.policy()), inOrder(withForeign(expected, foreign)), place);
    assertWrittenOnce(stack, mark, place);
    if (operation !== "destroy") assert.deepEqual(await saved(stack), ends.states[operation], place);
  }
  assert.equal(stack.policy(), withForeign(ends.before, foreign), "given back byte for byte");
}

function withForeign(policy: string, foreign: readonly Disturbance["foreign"][]): string {
  const parsed = JSON.parse(policy) as Record<string, unknown>;
  for (const change of foreign) change!(parsed);
  return JSON.stringify(parsed);
}

/** No PATCH says what one before it said that took effect. */
export function assertWrittenOnce({ emulator }: Stack, mark: number, place: string): void {
  const bodies = emulator.audit
    .writes()
    .filter(({ seq, status, handled = status }) => seq > mark && handled >= 200 && handled < 300)
    .map(({ requestBody }) => JSON.stringify(requestBody));
  assert.deepEqual(bodies, [...new Set(bodies)], `${place}\napplied twice`);
}
