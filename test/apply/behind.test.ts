import assert from "node:assert/strict";
import { TenantSession } from "../../provider/dist/apply/index.js";
import type { PolicyGraph } from "../../provider/dist/apply/index.js";
import type { Fido2Policy } from "../../provider/dist/policy/index.js";
import { legacyPolicy } from "../policy/util.ts";

const [on, off] = ["enabled", "disabled"].map((state) => legacyPolicy({ state })) as [Fido2Policy, Fido2Policy];
const change = [{ facet: "state", before: "enabled", after: "disabled" }];

/** A session whose reads get these answers, the last one from then on, and how long it has waited. */
function session(...answers: Fido2Policy[]) {
  let [now, reads] = [1_000_000, 0];
  const graph = {
    readPasskeyPolicy: () => Promise.resolve(answers[Math.min(reads++, answers.length - 1)]!),
  } as unknown as PolicyGraph;
  const clock = { now: () => now, sleep: (ms: number) => Promise.resolve(void (now += ms)) };
  return { session: new TenantSession(graph, clock), reads: () => reads, pass: (ms: number) => (now += ms) };
}

describe("a read after a write that was read back", () => {
  it("goes on while the answer is from before the write", async () => {
    const of = session(on, on, off);
    of.session.wrote(change);
    assert.equal((await of.session.policy()).state, "disabled");
    assert.equal(of.reads(), 3);
  });

  it("takes it that somebody else put it back where it stays so, once", async () => {
    const of = session(on);
    of.session.wrote(change);
    assert.equal((await of.session.policy()).state, "enabled");
    const before = of.reads();
    assert.equal((await of.session.readAgain()).state, "enabled");
    assert.equal(of.reads(), before + 1);
  });

  for (const [what, act] of [
    ["while the part is being written again", (of: ReturnType<typeof session>) => of.session.writing(change)],
    ["a minute later", (of: ReturnType<typeof session>) => of.pass(60_001)],
  ] as const) {
    it(`is taken as it is ${what}`, async () => {
      const of = session(on);
      of.session.wrote(change);
      act(of);
      assert.equal((await of.session.policy()).state, "enabled");
      assert.equal(of.reads(), 1);
    });
  }
});
