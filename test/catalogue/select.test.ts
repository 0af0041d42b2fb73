import assert from "node:assert/strict";
import fc from "fast-check";
import {
  CERTIFICATION_LEVELS,
  isCompromised,
  listVendors,
  selectModels,
  SelectorTooWideError,
  type ModelSelector,
} from "../../provider/dist/catalogue/index.js";
import { load } from "../../provider/dist/catalogue/load.js";

const { models } = load();

const selector: fc.Arbitrary<ModelSelector> = fc.record(
  {
    vendor: fc.constantFrom("Yubico", "FEITIAN", "Thales", "nobody"),
    transports: fc.uniqueArray(fc.constantFrom("usb", "nfc", "ble", "lightning", "smart-card", "internal")),
    biometric: fc.boolean(),
    certified: fc.oneof(fc.boolean(), fc.constantFrom(...CERTIFICATION_LEVELS)),
    fips: fc.boolean(),
    kind: fc.constantFrom("securityKey", "microsoftAuthenticator", "windowsHello", "other"),
    entraEligible: fc.boolean(),
  },
  { requiredKeys: [] },
);

describe("selectModels", () => {
  it("without conditions gives every security key that attests", () => {
    const all = selectModels({});
    assert.ok(all.length > 200);
    assert.ok(all.every(({ kind, entraEligible }) => kind === "securityKey" && entraEligible));
  });

  it("asks for all of the transports, not for any of them", () => {
    const both = selectModels({ transports: ["usb", "nfc"] });
    const usb = selectModels({ transports: ["usb"] });
    assert.ok(both.length > 0 && both.length < usb.length);
    assert.ok(both.every(({ transports }) => transports.includes("usb") && transports.includes("nfc")));
  });

  it("gives the biometric NFC keys without the sample, the conformance test and the phone app among them", () => {
    const wide = selectModels({ transports: ["nfc"], biometric: true, entraEligible: false });
    assert.equal(wide.length, 20);
    assert.equal(selectModels({ transports: ["nfc"], biometric: true }).length, 17);
  });

  it("takes a vendor in any case and gives nothing for one that does not exist", () => {
    assert.deepEqual(selectModels({ vendor: " yubico " }), selectModels({ vendor: "Yubico" }));
    assert.deepEqual(selectModels({ vendor: "nobody" }), []);
  });

  it("takes a level as the lowest that will do", () => {
    const levels = (certified: ModelSelector["certified"]) =>
      new Set(selectModels({ certified }).map(({ certification }) => certification.level));
    assert.deepEqual(levels("L2"), new Set(["L2", "L3+"]));
    assert.deepEqual(levels("L3"), new Set(["L3+"]));
    assert.ok(levels(true).has("L1"));
    assert.deepEqual(selectModels({ certified: false }), []);
  });

  it("gives other kinds only when asked for them", () => {
    assert.equal(selectModels({ kind: "microsoftAuthenticator" }).length, 2);
    assert.equal(selectModels({ kind: "windowsHello" }).length, 0);
    assert.equal(selectModels({ kind: "windowsHello", entraEligible: false }).length, 3);
  });

  it("tells FIPS models from others", () => {
    const count = (fips?: boolean) => selectModels({ vendor: "Yubico", ...(fips !== undefined && { fips }) }).length;
    assert.ok(count(true) > 0);
    assert.equal(count(true) + count(false), count());
  });

  it("refuses rather than cuts a list that is longer than max", () => {
    const { length } = selectModels({ vendor: "Yubico" });
    assert.equal(selectModels({ vendor: "Yubico", max: length }).length, length);
    assert.throws(
      () => selectModels({ vendor: "Yubico", max: length - 1 }),
      (error: Error) => {
        assert.ok(error instanceof SelectorTooWideError);
        assert.equal(error.matches, length);
        assert.match(error.message, new RegExp(`${length} models, but max is ${length - 1}`));
        return true;
      },
    );
  });

  it("refuses what cannot be a maximum or a level", () => {
    for (const max of [0, -1, 1.5, Number.NaN]) assert.throws(() => selectModels({ max }), RangeError);
    assert.throws(() => selectModels({ certified: "L9" as "L1" }), RangeError);
  });

  it("never gives a sample or a compromised model, and always the same sorted list", () => {
    fc.assert(
      fc.property(selector, (wanted) => {
        const found = selectModels(wanted);
        assert.ok(found.every((model) => !model.sample && !isCompromised(model)));
        assert.deepEqual(
          found,
          models.filter((model) => found.includes(model)),
        );
        assert.deepEqual(found, selectModels(wanted));
      }),
    );
  });

  it("never gives more for one more condition", () => {
    const fields = ["vendor", "transports", "biometric", "certified", "fips"] as const;
    fc.assert(
      fc.property(selector, fc.constantFrom(...fields), (wanted, field) => {
        const { [field]: _, ...wider } = wanted;
        const all = new Set(selectModels(wider));
        assert.ok(selectModels(wanted).every((model) => all.has(model)));
      }),
    );
  });
});

describe("listVendors", () => {
  it("gives each vendor once, sorted", () => {
    const vendors = listVendors();
    assert.ok(vendors.includes("Yubico") && vendors.includes("Microsoft"));
    assert.deepEqual(vendors, [...new Set(vendors)].sort());
  });
});
