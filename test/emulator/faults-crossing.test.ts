import assert from "node:assert/strict";
import { emulatorForEach, FIDO2, graphClient, patchPolicy, readPolicy, rejectsWith, send } from "./util.ts";

const READ = { method: "GET", kind: "policy" } as const;
const WRITE = { method: "PATCH", path: FIDO2 } as const;

/** Faults about what others see and do meanwhile. */
describe("Faults of timing", () => {
  const time = { now: Date.now() };
  const shared = emulatorForEach({ now: () => time.now });
  const client = (retries = 0) => graphClient(shared.current, { retries });
  const faults = () => shared.current.faults;
  const state = () => shared.current.tenant().policy().state;
  const patch = (value: string) => patchPolicy(client(), { state: value });
  const read = () => send(shared.current, "GET", `/v1.0${FIDO2}`);

  describe("staleReads", () => {
    const states = async (count: number) => {
      const seen = [];
      for (let n = 0; n < count; n++) {
        seen.push((await readPolicy(client())).state);
      }
      return seen;
    };

    it("answers the old policy so many times", async () => {
      faults().staleReads(2);
      await patch("disabled");
      assert.equal(state(), "disabled");
      assert.deepEqual(await states(3), ["enabled", "enabled", "disabled"]);
    });

    it("answers it until released", async () => {
      const fault = faults().staleReads("untilReleased");
      await patch("disabled");
      assert.deepEqual(await states(4), ["enabled", "enabled", "enabled", "enabled"]);
      fault.release();
      assert.deepEqual(await states(1), ["disabled"]);
    });

    it("answers it for so many seconds of the emulator's clock", async () => {
      faults().staleReads({ seconds: 60 });
      await patch("disabled");
      time.now += 59_999;
      assert.deepEqual(await states(2), ["enabled", "enabled"]);
      time.now += 1;
      assert.deepEqual(await states(1), ["disabled"]);
    });

    it("shows in the parent too, with its old time stamp", async () => {
      const parent = async () => (await send(shared.current, "GET", "/v1.0/policies/authenticationMethodsPolicy")).body;
      const before = await parent();
      faults().staleReads(1);
      await patch("disabled");
      assert.deepEqual(await parent(), before);
      assert.notDeepEqual(await parent(), before);
    });

    it("does nothing after a refused write, and each write goes on from the true policy", async () => {
      faults().staleReads(5);
      await rejectsWith(patch("sometimes"), 400);
      assert.deepEqual(await states(1), ["enabled"]);
      faults().staleReads(1);
      await patch("disabled");
      await patchPolicy(client(), { isAttestationEnforced: false });
      assert.deepEqual(await states(2), ["enabled", "disabled"]);
    });
  });

  describe("otherWriter", () => {
    it("edits right before the write, which then wins where both write", async () => {
      faults().otherWriter("before", { state: "disabled", isSelfServiceRegistrationAllowed: false });
      await patch("enabled");
      const policy = shared.current.tenant().policy();
      assert.deepEqual([policy.state, policy.isSelfServiceRegistrationAllowed], ["enabled", false]);
    });

    it("edits right after the write, before its answer arrives", async () => {
      faults().otherWriter("after", (policy) => {
        policy.state = "enabled";
      });
      await patch("disabled");
      assert.equal((await readPolicy(client())).state, "enabled");
    });

    it("may do anything to the tenant", async () => {
      const edit = { tenant: (tenant: { migrateToProfiles(): void }) => tenant.migrateToProfiles() };
      faults().add({ match: READ, do: { kind: "otherWriter", phase: "after", edit } });
      assert.equal((await readPolicy(client())).defaultPasskeyProfile, null);
      assert.notEqual((await readPolicy(client())).defaultPasskeyProfile, null);
    });
  });

  describe("hold", () => {
    it("keeps the request until released, before it takes effect", async () => {
      const held = faults().hold(WRITE);
      const writing = patch("disabled");
      const request = await held.arrived;
      assert.deepEqual([request.method, request.tenant], ["PATCH", shared.current.tenant().id]);
      assert.equal(state(), "enabled");
      held.release();
      await writing;
      assert.equal(state(), "disabled");
    });

    it("keeps the answer, with phase after", async () => {
      const held = faults().hold(WRITE, { phase: "after" });
      const writing = patch("disabled");
      const otherwise = shared.current.audit.next(({ method }) => method === "GET");
      while (state() !== "disabled") {
        await new Promise((resolve) => setImmediate(resolve));
      }
      await read();
      assert.equal((await otherwise).status, 200);
      held.release();
      await writing;
    });

    it("lets two writers cross", async () => {
      const first = faults().hold(WRITE);
      const one = patch("disabled");
      await first.arrived;
      await patchPolicy(client(), { state: "enabled", isAttestationEnforced: false });
      first.release();
      await one;
      assert.deepEqual(
        shared.current.audit.writes("policy").map(({ requestBody }) => (requestBody as { state: string }).state),
        ["enabled", "disabled"],
      );
      assert.equal(state(), "disabled");
    });

    it("ends without an answer when the emulator closes", async () => {
      const held = faults().hold(WRITE);
      const never = faults().hold({ path: "/never" });
      const writing = assert.rejects(patch("disabled"));
      await held.arrived;
      await shared.current.close();
      await writing;
      await assert.rejects(never.arrived, /closed/);
      assert.equal(state(), "enabled");
    });
  });

  it("act together: a held, slow write whose answer is lost, with another writer", async () => {
    const held = faults().hold(WRITE);
    faults().latency(WRITE, 1);
    faults().otherWriter("after", { isAttestationEnforced: false });
    faults().cutAfter();
    const writing = assert.rejects(patch("disabled"));
    await held.arrived;
    held.release();
    await writing;
    const policy = shared.current.tenant().policy();
    assert.deepEqual([policy.state, policy.isAttestationEnforced], ["disabled", false]);
    assert.equal(shared.current.audit.entries.at(-1)?.faults.length, 4);
  });
});
