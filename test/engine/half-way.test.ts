import assert from "node:assert/strict";
import { begin, inOrder, undisturbed, WINDOWS, type Ends } from "./lives.ts";
import { describeWithEngine, type Stack } from "./stack.ts";

describeWithEngine("PasskeyPolicy whose second step is refused", function () {
  this.timeout(240_000);
  let ends: Ends;
  let stack: Stack;

  before(async () => void (ends = await undisturbed(WINDOWS)));
  beforeEach(async () => void (stack = await begin(WINDOWS)));
  afterEach(() => stack[Symbol.asyncDispose]());

  /** An up that opens the window and may not close it. */
  const failHalfWay = async () => {
    const written = stack.writes();
    const refusal = stack.emulator.faults.status({ method: "PATCH", kind: "policy" }, 400, { after: 1 });
    assert.match(await stack.refused("up", "--yes", "--skip-preview"), /the next pulumi up finishes it/);
    assert.equal(refusal.fired, 1);
    assert.equal(stack.writes() - written, 2);
    assert.equal(stack.emulator.tenant().policy().keyRestrictions!.isEnforced, true, "the window is open");
  };
  const finished = async (end: string) => {
    await stack.up();
    assert.deepEqual(inOrder(stack.policy()), inOrder(end));
    await stack.unchanged("--refresh");
  };

  for (const refreshed of [false, true]) {
    it(`is finished by ${refreshed ? "a refresh, which writes nothing, and an " : ""}up: create and update`, async () => {
      for (const [program, end] of [
        [WINDOWS.first, ends.create],
        [WINDOWS.second, ends.update],
      ] as const) {
        stack.program(program);
        await failHalfWay();
        const between = stack.policy();
        if (refreshed) await stack.refresh();
        assert.equal(stack.policy(), between);
        await finished(end);
      }
      await stack.destroy();
      assert.equal(stack.policy(), ends.before);
    });
  }

  it("is given back byte for byte by destroy: create and update", async () => {
    await failHalfWay();
    await stack.destroy();
    assert.equal(stack.policy(), ends.before);
    await finished(ends.create);
    stack.program(WINDOWS.second);
    await failHalfWay();
    await stack.destroy();
    assert.equal(stack.policy(), ends.before);
  });
});
