import assert from "node:assert/strict";
import { CLOUDS, CloudUnsupportedError, findCloud } from "../../provider/dist/graph/index.js";

describe("findCloud", () => {
  for (const [environment, cloud] of [
    ["global", CLOUDS.global],
    ["public", CLOUDS.global],
    ["Public", CLOUDS.global],
    ["usgovernment", CLOUDS.usgovernmentl4],
    ["usgovernmentl4", CLOUDS.usgovernmentl4],
    ["USGovernmentL5", CLOUDS.usgovernmentl5],
    ["dod", CLOUDS.usgovernmentl5],
  ] as const) {
    it(`knows ${environment} as ${cloud.name}`, () => assert.equal(findCloud(environment), cloud));
  }

  it("knows no other name", () => assert.equal(findCloud("germany"), undefined));

  it("refuses China with the reason", () => {
    assert.throws(
      () => findCloud("China"),
      (error: Error) => {
        assert.ok(error instanceof CloudUnsupportedError);
        assert.match(error.message, /no Passkey \(FIDO2\) policy/);
        return true;
      },
    );
  });

  it("gives each cloud its own Graph over https, without a slash at the end", () => {
    const hosts = Object.values(CLOUDS).map(({ graph }) => graph);
    assert.deepEqual(hosts, [
      "https://graph.microsoft.com",
      "https://graph.microsoft.us",
      "https://dod-graph.microsoft.us",
    ]);
  });
});
