import assert from "node:assert/strict";
import fc from "fast-check";
import { resolveModel, searchModels } from "../../provider/dist/catalogue/index.js";
import { load } from "../../provider/dist/catalogue/load.js";

const { models } = load();

describe("searchModels", () => {
  it("gives what a name stands for and nothing else, though other names contain it", () => {
    assert.equal(searchModels("YubiKey 5 Series with NFC").length, 4);
    assert.ok(searchModels("YubiKey 5 Series with").length > 4);
  });

  it("finds words in any order, in name and vendor", () => {
    const found = searchModels("nfc YUBICO key");
    assert.ok(found.length > 0);
    assert.ok(found.every(({ name, vendor }) => vendor === "Yubico" && /nfc/i.test(name) && /key/i.test(name)));
  });

  it("finds the beginning of an AAGUID from eight digits on", () => {
    assert.equal(searchModels("2fc0579f")[0]?.name, "YubiKey 5 Series with NFC");
    assert.equal(searchModels("2fc0579f-8113").length, 1);
    assert.deepEqual(searchModels("2fc057"), []);
  });

  it("finds samples and revoked models", () => {
    assert.ok(searchModels("truu sample").length > 0);
    assert.ok(searchModels("truu windows").some(({ aaguid }) => aaguid.startsWith("ba86dc56")));
  });

  it("finds nothing for nothing", () => {
    for (const text of ["", "  ", "zzzz"]) assert.deepEqual(searchModels(text), []);
  });

  it("finds at least what resolveModel finds, in the order of the catalogue", () => {
    fc.assert(
      fc.property(fc.constantFrom(...models), ({ name }) => {
        const found = searchModels(name);
        assert.deepEqual(
          found.map(({ aaguid }) => aaguid),
          resolveModel(name).aaguids,
        );
      }),
    );
  });
});
