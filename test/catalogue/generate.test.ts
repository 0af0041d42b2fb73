import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import type { CatalogueData } from "../../provider/dist/catalogue/form.js";
import { ADDITIONS, ADDITIONS_DATE } from "../../tools/catalogue/additions.ts";
import { changes, refusal, toCatalogue, toText } from "../../tools/catalogue/generate.ts";
import { isEntraEligible, toRow, transportsOf } from "../../tools/catalogue/rules.ts";
import { readMetadata, type MetadataEntry } from "../../tools/catalogue/source.ts";
import { vendorOf } from "../../tools/catalogue/vendors.ts";

const AAGUID = "12345678-1234-4234-8234-123456789012";

function entry(changed: Partial<MetadataEntry> = {}): MetadataEntry {
  return {
    aaguid: AAGUID,
    description: "YubiKey 9",
    transports: ["usb"],
    attachmentHint: ["external", "wired"],
    biometric: false,
    keyProtection: ["secure_element", "hardware"],
    attestationTypes: ["basic_full"],
    versions: ["FIDO_2_0"],
    extensions: ["hmac-secret"],
    residentKey: true,
    statusReports: [{ status: "FIDO_CERTIFIED_L1", effectiveDate: "2026-01-01" }],
    ...changed,
  };
}

const file = (entries: unknown[]) => ({ number: 1, nextUpdate: "2026-01-01", entries });

describe("readMetadata", () => {
  it("takes what has the right form", () => assert.equal(readMetadata(file([entry()])).entries.length, 1));

  for (const [what, parsed] of [
    ["null", null],
    ["a list", []],
    ["no entries", file([])],
    ["no number", { ...file([entry()]), number: undefined }],
    ["no date", { ...file([entry()]), nextUpdate: "soon" }],
    ["an entry twice", file([entry(), entry()])],
    ["an AAGUID in upper case", file([{ ...entry(), aaguid: AAGUID.replace("1", "A") }])],
    ["no description", file([{ ...entry(), description: " " }])],
    ["no transports", file([{ ...entry(), transports: undefined }])],
    ["a flag that is a string", file([{ ...entry(), residentKey: "true" }])],
    ["a status without date", file([{ ...entry(), statusReports: [{ status: "REVOKED" }] }])],
    [
      "a status with a comma in it",
      file([{ ...entry(), statusReports: [{ status: "A,B", effectiveDate: "2026-01-01" }] }]),
    ],
  ] as const) {
    it(`refuses ${what}`, () => assert.throws(() => readMetadata(parsed)));
  }
});

describe("toRow", () => {
  it("writes a model in the form of the catalogue", () => {
    assert.deepEqual(toRow(entry({ description: " YubiKey  9 FIPS ", biometric: true })), [
      AAGUID,
      "YubiKey 9 FIPS",
      "Yubico",
      "securityKey",
      "usb",
      "hardware secure_element",
      "brhfe",
      "FIDO_CERTIFIED_L1 2026-01-01",
    ]);
  });

  for (const [what, changed] of [
    ["a platform authenticator", { attachmentHint: ["internal"], transports: ["internal"] }],
    ["a phone app", { description: "Key for Android" }],
    ["a password manager", { description: "Some Password Manager" }],
    ["an authenticator in the network", { attachmentHint: ["external", "network"] }],
  ] as [string, Partial<MetadataEntry>][]) {
    it(`does not take ${what} for a security key`, () => assert.equal(toRow(entry(changed))[3], "other"));
  }
});

describe("transportsOf", () => {
  for (const [transports, hints, name, found] of [
    [["nfc", "usb"], ["wired"], "Key", ["usb", "nfc"]],
    [["usb"], ["wired", "nfc"], "Key", ["usb", "nfc"]],
    [["nfc"], ["wired"], "Key Card", ["nfc"]],
    [[], ["external", "wired", "nfc"], "Key", ["usb", "nfc"]],
    [[], ["external", "wired", "nfc"], "Key Card", ["nfc", "smart-card"]],
    [["usb"], ["wired", "bluetooth"], "Key", ["usb", "ble"]],
    [["usb"], ["wired"], "Key with Lightning", ["usb", "lightning"]],
    [["wireless"], ["wireless"], "Key", []],
  ] as const) {
    it(`makes ${found.join(", ") || "nothing"} of ${transports.join(", ") || "none"} with ${hints.join(", ")} of a ${name}`, () => {
      assert.deepEqual(transportsOf(entry({ transports, attachmentHint: hints }), name), found);
    });
  }
});

describe("isEntraEligible", () => {
  it("takes a certified FIDO2 key", () => assert.ok(isEntraEligible(entry())));

  for (const [what, changed] of [
    ["resident keys", { residentKey: false }],
    ["hmac-secret", { extensions: [] }],
    ["full attestation", { attestationTypes: ["basic_surrogate"] }],
    ["FIDO2", { versions: ["U2F_V2"] }],
    ["a certificate", { statusReports: [{ status: "NOT_FIDO_CERTIFIED", effectiveDate: "2026-01-01" }] }],
    [
      "the certificate that was taken away",
      {
        statusReports: [
          { status: "FIDO_CERTIFIED", effectiveDate: "2025-01-01" },
          { status: "NOT_FIDO_CERTIFIED", effectiveDate: "2026-01-01" },
        ],
      },
    ],
  ] as [string, Partial<MetadataEntry>][]) {
    it(`refuses one without ${what}`, () => assert.equal(isEntraEligible(entry(changed)), false));
  }
});

describe("vendorOf", () => {
  for (const [name, vendor] of [
    ["Security Key NFC by Yubico", "Yubico"],
    ["Enterprise Security Key Series with NFC (Consumer Profile)", "Yubico"],
    ["FEITIAN FT-JCOS BioCard", "Feitian"],
    ["Safenet eToken FIDO", "Thales"],
    ["Token Ring 3 FIDO2 Authenticator", "Token"],
    ["TOKEN2 FIDO2 Security Key", "Token2"],
    ["USB/NFC Passcode Authenticator", ""],
  ] as const) {
    it(`finds ${vendor || "nobody"} in ${name}`, () => assert.equal(vendorOf(name), vendor));
  }
});

describe("toCatalogue", () => {
  it("adds Microsoft Authenticator, and Windows Hello where the metadata does not have it", () => {
    const { models } = toCatalogue(readMetadata(file([entry()])));
    const kinds = models.map(([, , , kind]) => kind);
    assert.equal(kinds.filter((kind) => kind === "microsoftAuthenticator").length, 2);
    assert.equal(kinds.filter((kind) => kind === "windowsHello").length, 3);
    assert.equal(models.length, ADDITIONS.length + 1);
  });

  it("tells of an addition what the metadata tells, but for its kind, and never calls a passkey provider eligible", () => {
    const [aaguid] = ADDITIONS.find(([, name]) => name === "Bitwarden")!;
    const { models } = toCatalogue(readMetadata(file([entry({ aaguid, description: "Bitwarden 2" })])));
    const rows = models.filter(([id]) => id === aaguid);
    assert.deepEqual(
      rows.map(([, name, , kind, , , flags]) => [name, kind, flags]),
      [["Bitwarden 2", "passkeyProvider", "rh"]],
    );
  });

  it("dates the metadata and the additions", () => {
    const { number, nextUpdate, additions } = toCatalogue(readMetadata(file([entry()])));
    assert.deepEqual([number, nextUpdate, additions], [1, "2026-01-01", ADDITIONS_DATE]);
    assert.match(ADDITIONS_DATE, /^\d{4}-\d{2}-\d{2}$/);
  });

  it("gives the same text for the same models in any order", () => {
    const entries = ["1", "2", "3", "4"].map((n) =>
      entry({ aaguid: AAGUID.replace(/^1/, n), description: `Key ${n}` }),
    );
    const text = toText(toCatalogue(readMetadata(file(entries))));
    fc.assert(
      fc.property(fc.shuffledSubarray(entries, { minLength: 4 }), (shuffled) => {
        assert.equal(toText(toCatalogue(readMetadata(file(shuffled)))), text);
      }),
    );
  });

  it("is what the file in the repository looks like", () => {
    const text = readFileSync(new URL("../../provider/catalogue/data.json", import.meta.url), "utf8");
    const data = JSON.parse(text) as CatalogueData;
    assert.equal(toText(data), text);
    assert.equal(data.additions, ADDITIONS_DATE);
    const rows = new Map(data.models.map((row) => [row[0], row]));
    for (const [aaguid, name, , kind] of ADDITIONS) assert.equal(rows.get(aaguid)?.[3], kind, name);
  });
});

describe("ADDITIONS", () => {
  it("has each AAGUID once, in lower case, and each name once", () => {
    assert.equal(new Set(ADDITIONS.map(([aaguid]) => aaguid)).size, ADDITIONS.length);
    assert.equal(new Set(ADDITIONS.map(([, name]) => name.toLowerCase())).size, ADDITIONS.length);
    assert.ok(ADDITIONS.every(([aaguid]) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(aaguid)));
  });
});

describe("refusal", () => {
  const catalogue = (number: number, length: number) =>
    toCatalogue(
      readMetadata({
        ...file(Array.from({ length }, (_, i) => entry({ aaguid: AAGUID.slice(0, -3) + String(100 + i) }))),
        number,
      }),
    );

  it("lets the first, the same and a newer edition pass", () => {
    assert.equal(refusal(undefined, catalogue(7, 100)), undefined);
    for (const number of [7, 8]) assert.equal(refusal(catalogue(7, 100), catalogue(number, 95)), undefined);
  });

  it("refuses an older edition and one that lacks a tenth of the models", () => {
    assert.match(refusal(catalogue(7, 100), catalogue(6, 100)) ?? "", /edition 6 is older than edition 7/);
    assert.match(refusal(catalogue(7, 200), catalogue(8, 100)) ?? "", /models, but \d+ are there/);
  });
});

describe("changes", () => {
  const catalogue = (...entries: MetadataEntry[]) => toCatalogue(readMetadata(file(entries)));

  it("says nothing where nothing changed", () => assert.deepEqual(changes(catalogue(entry()), catalogue(entry())), []));

  it("says what is new, gone and different", () => {
    const other = entry({ aaguid: AAGUID.replace(/^1/, "2"), description: "Key B" });
    const before = catalogue(entry(), other);
    const after = catalogue(
      entry({ biometric: true }),
      entry({ aaguid: AAGUID.replace(/^1/, "3"), description: "Key C" }),
    );
    assert.deepEqual(changes(before, after), [
      "+ 32345678-1234-4234-8234-123456789012 Key C",
      `~ ${AAGUID} YubiKey 9: flags "rhe" -> "brhe"`,
      "- 22345678-1234-4234-8234-123456789012 Key B",
    ]);
  });

  it("calls everything new where there was nothing", () => {
    assert.ok(changes(undefined, catalogue(entry())).every((line) => line.startsWith("+ ")));
  });
});
