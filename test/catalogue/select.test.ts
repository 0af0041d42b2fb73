import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import fc from "fast-check";
import {
  CERTIFICATION_LEVELS,
  compromises,
  findModel,
  isCompromised,
  listVendors,
  MODEL_KINDS,
  NothingSelectedError,
  select,
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
    kind: fc.constantFrom(...MODEL_KINDS),
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

  it("gives passkey providers only when asked for them and for what does not attest", () => {
    assert.equal(selectModels({ kind: "passkeyProvider" }).length, 0);
    assert.ok(selectModels({ kind: "passkeyProvider", entraEligible: false }).length > 20);
    assert.ok(selectModels({ entraEligible: false }).every(({ kind }) => kind === "securityKey"));
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

describe("select", () => {
  it("gives the AAGUIDs of the selection, sorted, each once", () => {
    const wanted = { vendor: "Yubico", transports: ["nfc"], certified: "L2", fips: true } as const;
    const aaguids = select(wanted);
    assert.ok(aaguids.length > 0);
    assert.deepEqual(aaguids, [...new Set(selectModels(wanted).map(({ aaguid }) => aaguid))].sort());
  });

  it("refuses a selection of nothing, and names it", () => {
    assert.throws(
      () => select({ vendor: "nobody" }),
      (error: Error) => error instanceof NothingSelectedError && error.message.includes('{"vendor":"nobody"}'),
    );
  });

  it("refuses what selectModels refuses", () => {
    assert.throws(() => select({ max: 1 }), SelectorTooWideError);
    assert.throws(() => select({ max: 0 }), RangeError);
  });

  it("is part of the package's main module, which does not read the catalogue before it is called", function () {
    this.timeout(20_000);
    const path = createRequire(import.meta.url).resolve("../../provider/dist/index.js");
    const script = `const { select } = require(${JSON.stringify(path)});
      const read = () => Object.keys(require.cache).some((file) => file.endsWith("data.json"));
      const before = read(); console.log(before, select({ vendor: "Yubico" }).length > 0, read());`;
    assert.equal(spawnSync(process.execPath, ["-e", script], { encoding: "utf8" }).stdout.trim(), "false true true");
  });
});

describe("compromises", () => {
  it("gives the reports of a revoked model, the newest first, and nothing for a good one", () => {
    const revoked = findModel("ba86dc56-635f-4141-aef6-00227b1b9af6")!;
    assert.deepEqual(compromises(revoked), [{ status: "REVOKED", effectiveDate: "2023-12-20" }]);
    const twice = {
      ...revoked,
      status: [{ status: "ATTESTATION_KEY_COMPROMISE", effectiveDate: "2024-01-01" }, ...revoked.status],
    };
    const other = { ...twice, status: twice.status.toReversed() };
    for (const model of [twice, other]) {
      assert.deepEqual(
        compromises(model).map(({ effectiveDate }) => effectiveDate),
        ["2024-01-01", "2023-12-20"],
      );
    }
    assert.deepEqual(compromises(findModel("2fc0579f-8113-47ea-b116-bb5a8db9202a")!), []);
  });
});

describe("listVendors", () => {
  it("gives each vendor once, sorted", () => {
    const vendors = listVendors();
    assert.ok(vendors.includes("Yubico") && vendors.includes("Microsoft"));
    assert.deepEqual(vendors, [...new Set(vendors)].sort());
  });
});
