import assert from "node:assert/strict";
import { nurseKeys } from "../../examples/shared-tenant/models.ts";
import { findModel, isCompromised, resolveModel } from "../../provider/dist/catalogue/index.js";

describe("the example of a shared tenant", () => {
  const aaguids = nurseKeys.flatMap((name) => resolveModel(name).aaguids ?? []);

  it("pins ten AAGUIDs at most", () => {
    assert.ok(aaguids.length > 0 && aaguids.length <= 10, `${aaguids.length}`);
  });

  for (const name of nurseKeys) {
    it(`pins ${name}, which the catalogue has as a FIPS model with USB and NFC, eligible for Entra`, () => {
      const { aaguids: ids, error } = resolveModel(name);
      assert.ok(ids, error);
      for (const id of ids) {
        const model = findModel(id);
        assert.ok(model, `${id} is in the catalogue`);
        assert.ok(model.transports.includes("usb") && model.transports.includes("nfc"), id);
        assert.ok(model.fips && !model.biometric, id);
        assert.ok(model.entraEligible && !model.sample && !isCompromised(model), id);
        assert.equal(model.kind, "securityKey");
      }
    });
  }
});
