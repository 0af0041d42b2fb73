import assert from "node:assert/strict";
import { engineOf, EngineFlagsError } from "../../provider/dist/cli/rollout/engine.js";
import { planName } from "../../provider/dist/cli/rollout/temporal/found.js";
import { up } from "../../provider/dist/cli/rollout/up.js";

describe("engineOf", () => {
  it("is this process, unless the option or the variable says something else", () => {
    assert.equal(engineOf({}, {}).up, up);
    assert.equal(engineOf({ engine: "local" }, { ENTRA_PASSKEYS_ENGINE: "temporal" }).up, up);
    assert.equal(engineOf({}, { ENTRA_PASSKEYS_ENGINE: "" }).up, up);
    assert.notEqual(engineOf({}, { ENTRA_PASSKEYS_ENGINE: "temporal" }).up, up);
    assert.notEqual(engineOf({ engine: "temporal" }, {}).up, up);
  });

  it("refuses an engine that there is not, and names the place", () => {
    assert.throws(
      () => engineOf({}, { ENTRA_PASSKEYS_ENGINE: "argo" }),
      /^EngineFlagsError: ENTRA_PASSKEYS_ENGINE: there is no engine "argo"/,
    );
  });

  for (const [flag, own] of [
    ["--address", { address: "localhost:1" }],
    ["--detach", { detach: true }],
    ["--tenant-per-minute", { tenantPerMinute: 2 }],
  ] as const) {
    it(`refuses ${flag} without Temporal`, () => {
      assert.throws(
        () => engineOf(own, {}),
        new EngineFlagsError(`${flag} is for rollouts on Temporal only. Add --engine temporal.`),
      );
    });
  }

  it("refuses --folder with Temporal, whose workers have it", () => {
    const flags = { engine: "temporal", folder: "/rollouts" };
    assert.throws(() => engineOf(flags, {}), /--folder: on Temporal, workers have the folder/);
  });
});

describe("planName", () => {
  it("is the same wherever the repository is", () => {
    assert.equal(planName("/home/ada/passkeys/tenants.yaml", undefined), "passkeys/tenants.yaml");
    assert.equal(planName("/builds/7/passkeys/tenants.yaml", undefined), "passkeys/tenants.yaml");
    assert.equal(planName("tenants.yaml", "banks"), "banks");
  });
});
