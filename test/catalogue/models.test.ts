import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import {
  catalogueEdition,
  findModel,
  isCompromised,
  MICROSOFT_AUTHENTICATOR_AAGUIDS,
  MODEL_KINDS,
  modelName,
  selectModels,
  TRANSPORTS,
  WINDOWS_HELLO_AAGUIDS,
} from "../../provider/dist/catalogue/index.js";
import { load } from "../../provider/dist/catalogue/load.js";

const { models } = load();

describe("catalogue", () => {
  it("has an edition with a date", () => {
    const { number, nextUpdate, additions } = catalogueEdition();
    assert.ok(number >= 291);
    assert.match(nextUpdate, /^\d{4}-\d{2}-\d{2}$/);
    assert.match(additions, /^\d{4}-\d{2}-\d{2}$/);
  });

  it("has the 348 models of edition 291, or those of a later one, and 32 that the metadata lacks", () => {
    const fromMetadata = models.filter(({ status }) => status.length > 0);
    if (catalogueEdition().number === 291) assert.equal(fromMetadata.length, 348);
    assert.ok(fromMetadata.length >= 348);
    const others = models.filter(({ status }) => status.length === 0);
    if (catalogueEdition().number === 291) assert.equal(others.length, 32);
  });

  it("has each AAGUID once, in lower case, sorted by name and AAGUID", () => {
    assert.equal(new Set(models.map(({ aaguid }) => aaguid)).size, models.length);
    assert.ok(models.every(({ aaguid }) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(aaguid)));
    const keys = models.map(({ name, aaguid }) => `${name.toLowerCase()}\0${aaguid}`);
    assert.deepEqual(
      keys,
      keys.toSorted((a, b) => (a < b ? -1 : 1)),
    );
  });

  it("uses only the kinds, transports and levels of its types", () => {
    for (const model of models) {
      assert.ok(MODEL_KINDS.includes(model.kind), model.name);
      assert.ok(
        model.transports.every((transport) => TRANSPORTS.includes(transport)),
        model.name,
      );
      assert.ok(
        model.status.every(({ effectiveDate }) => /^\d{4}-\d{2}-\d{2}$/.test(effectiveDate)),
        model.name,
      );
      assert.ok(model.certification.certified || model.certification.level === undefined, model.name);
    }
  });

  it("is not read by loading the module", () => {
    const path = createRequire(import.meta.url).resolve("../../provider/dist/catalogue/index.js");
    const script = `const c = require(${JSON.stringify(path)});
      const read = () => Object.keys(require.cache).some((file) => file.endsWith("data.json"));
      const before = read(); c.findModel("x"); console.log(before, read());`;
    assert.equal(spawnSync(process.execPath, ["-e", script], { encoding: "utf8" }).stdout.trim(), "false true");
  }).timeout(20_000);
});

describe("findModel", () => {
  it("tells what is known of a security key", () => {
    assert.deepEqual(findModel("D7781E5D-E353-46AA-AFE2-3CA49F13332A"), {
      aaguid: "d7781e5d-e353-46aa-afe2-3ca49f13332a",
      name: "YubiKey 5 Series with NFC",
      vendor: "Yubico",
      kind: "securityKey",
      transports: ["usb", "nfc"],
      biometric: false,
      keyProtection: ["hardware", "secure_element"],
      certification: { level: "L2", certified: true },
      status: [
        { status: "FIDO_CERTIFIED_L2", effectiveDate: "2024-12-22" },
        { status: "FIDO_CERTIFIED", effectiveDate: "2024-12-22" },
      ],
      residentKey: true,
      hmacSecret: true,
      entraEligible: true,
      sample: false,
    });
  });

  it("takes transports from the attachment hints where a model reports none", () => {
    // YubiKey 5 Series, firmware 5.1, and a smart card whose "wired" is its contact interface.
    assert.deepEqual(findModel("cb69481e-8ff7-4039-93ec-0a2729a154a8")?.transports, ["usb"]);
    const [card] = models.filter(({ name }) => name === "Atos CardOS FIDO2");
    assert.deepEqual(card?.transports, ["nfc", "smart-card"]);
  });

  it("knows both Authenticators and the three Windows Hello authenticators", () => {
    const kinds = (aaguids: readonly string[]) => aaguids.map((aaguid) => findModel(aaguid)?.kind);
    assert.deepEqual(kinds(MICROSOFT_AUTHENTICATOR_AAGUIDS), ["microsoftAuthenticator", "microsoftAuthenticator"]);
    assert.deepEqual(kinds(WINDOWS_HELLO_AAGUIDS), ["windowsHello", "windowsHello", "windowsHello"]);
    assert.deepEqual(MICROSOFT_AUTHENTICATOR_AAGUIDS.map(modelName), [
      "Microsoft Authenticator for iOS",
      "Microsoft Authenticator for Android",
    ]);
  });

  it("says that Authenticator attests and Windows Hello does not", () => {
    assert.ok(MICROSOFT_AUTHENTICATOR_AAGUIDS.every((aaguid) => findModel(aaguid)?.entraEligible));
    assert.ok(WINDOWS_HELLO_AAGUIDS.every((aaguid) => findModel(aaguid)?.entraEligible === false));
  });

  it("knows passkey providers by name, and none as something that attests or is certified", () => {
    for (const [aaguid, name] of [
      ["bada5566-a7aa-401f-bd96-45619a55120d", "1Password"],
      ["d548826e-79b4-db40-a3d8-11116f7e8349", "Bitwarden"],
      ["fbfc3007-154e-4ecc-8c0b-6e020557d7bd", "Apple Passwords (iCloud Keychain)"],
      ["ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4", "Google Password Manager"],
      ["53414d53-554e-4700-0000-000000000000", "Samsung Pass"],
      ["531126d6-e717-415c-9320-3d9aa6981239", "Dashlane Password Manager"],
      ["fdb141b2-5d84-443e-8a35-4698c205a502", "KeePassXC"],
      ["d3452668-01fd-4c12-926c-83a4204853aa", "Microsoft Password Manager"],
      ["adce0002-35bc-c60a-648b-0b25f1f05503", "Chrome on Mac"],
    ] as const) {
      const model = findModel(aaguid);
      assert.deepEqual([model?.name, model?.kind], [name, "passkeyProvider"]);
    }
    const providers = models.filter(({ kind }) => kind === "passkeyProvider");
    assert.equal(providers.length, 28);
    assert.ok(providers.every(({ entraEligible, certification }) => !entraEligible && !certification.certified));
  });

  it("keeps bad news with its date", () => {
    const revoked = findModel("ba86dc56-635f-4141-aef6-00227b1b9af6");
    assert.deepEqual(revoked?.status, [
      { status: "REVOKED", effectiveDate: "2023-12-20" },
      { status: "NOT_FIDO_CERTIFIED", effectiveDate: "2023-11-07" },
    ]);
    assert.ok(revoked && isCompromised(revoked));
    assert.equal(revoked?.certification.certified, false);
    assert.equal(models.filter(isCompromised).length, 1);
  });

  it("knows FIPS models and the highest level", () => {
    assert.equal(findModel("fcc0118f-cd45-435b-8da1-9782b2da0715")?.fips, true);
    assert.equal(findModel("d7781e5d-e353-46aa-afe2-3ca49f13332a")?.fips, undefined);
    const levels = new Set(models.map(({ certification }) => certification.level));
    assert.deepEqual([...levels].sort(), ["L1", "L2", "L3+", undefined]);
  });

  it("marks samples, conformance tests and pre-production units", () => {
    const samples = models.filter(({ sample }) => sample).map(({ name }) => name);
    assert.ok(samples.includes("FIDO Alliance TruU Sample FIDO2 Authenticator"));
    assert.ok(samples.includes("KONAI Secp256R1 FIDO2 Conformance Testing CTAP2 Authenticator"));
    assert.ok(samples.includes("TEST (DUMMY RECORD)"));
    assert.ok(samples.includes("YubiKey 5 FIPS Series (RC Preview)"));
    assert.equal(samples.length, 15);
  });

  it("does not know what the catalogue does not have", () => {
    assert.equal(findModel("12345678-1234-4234-8234-123456789012"), undefined);
    assert.equal(
      modelName("12345678-1234-4234-8234-123456789012"),
      "12345678-1234-4234-8234-123456789012 (unknown model)",
    );
  });
});

describe("the counts that the documentation gives", () => {
  const reachable = models.filter(({ transports }) => transports.includes("usb") || transports.includes("nfc"));

  it("23 models are NFC and biometric, two of them a sample and a conformance test", () => {
    const both = models.filter(({ transports, biometric }) => biometric && transports.includes("nfc"));
    assert.equal(both.length, 23);
    assert.equal(both.filter(({ sample }) => sample).length, 2);
  });

  it("all YubiKey Bio models are without NFC", () => {
    const bio = selectModels({ vendor: "Yubico", biometric: true });
    assert.equal(bio.length, 17);
    assert.ok(bio.every(({ transports }) => !transports.includes("nfc")));
  });

  it("not every USB or NFC model can be used where attestation is enforced", () => {
    const out = reachable.filter(({ entraEligible }) => !entraEligible);
    assert.ok(out.length > 60 && out.length < reachable.length / 3, `${out.length} of ${reachable.length}`);
  });
});
