import assert from "node:assert/strict";
import { workstationFilter } from "../../provider/dist/index.js";

describe("workstationFilter", () => {
  const rule = (operator: string) => `device.extensionAttribute1 ${operator} "PAW"`;

  it("gives back the filter that leaves the PAWs out of the block", () => {
    const filter = { mode: "exclude", rule: rule("-eq") };
    assert.equal(workstationFilter(filter), filter);
  });

  for (const [mode, operator] of [
    ["exclude", "-ne"],
    ["include", "-eq"],
  ] as const) {
    it(`refuses ${mode} with ${operator}, which blocks the PAWs and lets in the rest`, () => {
      assert.throws(
        () => workstationFilter({ mode, rule: rule(operator) }),
        /would block .*PAW.*Write mode "exclude"/s,
      );
    });
  }
});
