import assert from "node:assert/strict";
import { embedEmulator } from "../../provider/dist/emulator/index.js";

const POLICY = "/v1.0/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/fido2";

describe("embedEmulator", () => {
  const emulator = embedEmulator({ seed: "contoso-profiles" });
  const request = () =>
    new Request(`${emulator.url}${POLICY}`, { headers: { authorization: `Bearer ${emulator.token()}` } });

  it("answers as one with a port does, without listening", async () => {
    const response = await emulator.fetch(request());
    assert.equal(response.status, 200);
    assert.deepEqual(await response.json(), emulator.tenant().policy());
    assert.equal(emulator.audit.entries.length, 1);
  });

  it("fails where a fault cuts the connection", async () => {
    emulator.faults.add({ match: {}, do: { kind: "cut", phase: "after" } });
    await assert.rejects(emulator.fetch(request()), { code: "ECONNRESET" });
  });
});
