import assert from "node:assert/strict";
import fc from "fast-check";
import {
  MICROSOFT_AUTHENTICATOR_AAGUIDS,
  resolveModel,
  WINDOWS_HELLO_AAGUIDS,
} from "../../provider/dist/catalogue/index.js";
import { load } from "../../provider/dist/catalogue/load.js";
import { editDistance } from "../../provider/dist/catalogue/suggest.js";

const { models } = load();

function refused(text: string): { error: string; suggestions: readonly string[] } {
  const result = resolveModel(text);
  assert.ok(result.error !== undefined, `${text} is known`);
  return result;
}

describe("resolveModel", () => {
  it("gives every AAGUID of a name, whatever its case and white space", () => {
    const all = [
      "2fc0579f-8113-47ea-b116-bb5a8db9202a",
      "a25342c0-3cdc-4414-8e46-f4807fca511c",
      "d7781e5d-e353-46aa-afe2-3ca49f13332a",
      "fa2b99dc-9e39-4257-8f92-4a30d23c4118",
    ];
    for (const name of ["YubiKey 5 Series with NFC", "  yubikey 5  SERIES with nfc "]) {
      assert.deepEqual(resolveModel(name), { aaguids: all });
    }
  });

  it("joins models whose names differ in nothing but white space at the end", () => {
    assert.equal(resolveModel("GoTrust Idem Key").aaguids?.length, 2);
  });

  it("knows Microsoft Authenticator and Windows Hello as families and one by one", () => {
    assert.deepEqual(resolveModel("microsoft authenticator").aaguids, [...MICROSOFT_AUTHENTICATOR_AAGUIDS].sort());
    assert.deepEqual(resolveModel("Windows Hello").aaguids, [...WINDOWS_HELLO_AAGUIDS].sort());
    assert.deepEqual(resolveModel("Microsoft Authenticator for iOS").aaguids, [MICROSOFT_AUTHENTICATOR_AAGUIDS[0]]);
  });

  it("knows Apple's passkeys by both names", () => {
    for (const name of ["iCloud Keychain", "Apple Passwords", "Apple Passwords (iCloud Keychain)"]) {
      assert.deepEqual(resolveModel(name).aaguids, ["fbfc3007-154e-4ecc-8c0b-6e020557d7bd"]);
    }
  });

  it("lets an AAGUID through, known or not, in lower case", () => {
    assert.deepEqual(resolveModel(" 12345678-ABCD-4234-8234-123456789012 "), {
      aaguids: ["12345678-abcd-4234-8234-123456789012"],
    });
  });

  it("lets every AAGUID through", () => {
    fc.assert(fc.property(fc.uuid(), (aaguid) => assert.deepEqual(resolveModel(aaguid).aaguids, [aaguid])));
  });

  it("gives for every name of the catalogue the AAGUIDs that have it", () => {
    for (const { name, aaguid } of models) assert.ok(resolveModel(name).aaguids?.includes(aaguid), name);
  });

  for (const [text, suggestion] of [
    ["ee882879721c491397753dfcce97072a", "ee882879-721c-4913-9775-3dfcce97072a"],
    ["{ee882879-721c-4913-9775-3dfcce97072a}", "ee882879-721c-4913-9775-3dfcce97072a"],
    ["ee882879-721c-4913-9775-3dfcce97072", "ee882879-721c-4913-9775-3dfcce97072a"],
    ["ee882879-721c-4913-9775-3dfcce97072g", "ee882879-721c-4913-9775-3dfcce97072a"],
  ] as const) {
    it(`takes ${text} for a malformed AAGUID`, () => {
      const { error, suggestions } = refused(text);
      assert.match(error, /is not an AAGUID.*8-4-4-4-12/);
      assert.ok(suggestions.includes(suggestion));
    });
  }

  for (const [text, meant] of [
    ["YubKey 5 NFC", "YubiKey 5 Series with NFC"],
    ["yubikey5 nfc series", "YubiKey 5 Series with NFC"],
    ["NFC YubiKey 5", "YubiKey 5 Series with NFC"],
    ["Yubikey bio", "YubiKey Bio Series - FIDO Edition"],
    ["Feitain BioPas", "Feitian BioPass FIDO2 Authenticator"],
    ["google titan", "Google Titan Security Key v2"],
    ["windows helo", "Windows Hello"],
    ["Microsft Authenticater", "Microsoft Authenticator"],
    ["Authenticator Microsoft", "Microsoft Authenticator"],
    ["Swissbit ishield", "Swissbit iShield Key 2"],
    ["token 2 pin plus", "TOKEN2 PIN Plus Security Key Series"],
  ] as const) {
    it(`suggests ${meant} for "${text}"`, () => {
      const { error, suggestions } = refused(text);
      assert.match(error, /no model is called/);
      assert.ok(suggestions.includes(meant), suggestions.join(", "));
      assert.ok(suggestions.length <= 5);
    });
  }

  it("suggests nothing for what is like nothing", () => {
    for (const text of ["zzzz", "", "!!!", "qwertyuiop"]) assert.deepEqual(refused(text).suggestions, []);
  });

  it("suggests no sample", () => {
    const { suggestions } = refused("FIDO Alliance TruU Sample Authenticator");
    assert.ok(!suggestions.some((name) => name.includes("Sample")));
  });

  it("shortens what it shows of a long text", () => assert.ok(refused("x".repeat(100_000)).error.length < 200));

  it("answers any text with AAGUIDs or an error, and suggests only what it resolves", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), (text) => {
        const result = resolveModel(text);
        if (result.error === undefined) assert.ok(result.aaguids.length > 0);
        else for (const suggestion of result.suggestions) assert.ok(resolveModel(suggestion).aaguids);
      }),
    );
  });

  it("suggests a name again after one typing error in it", () => {
    const names = [...new Set(models.filter(({ sample }) => !sample).map(({ name }) => name))];
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.nat(), (name, n) => {
        const place = n % name.length;
        const typed = name.slice(0, place) + name.slice(place + 1);
        const result = resolveModel(typed);
        if (result.error === undefined) return;
        assert.ok(result.suggestions.includes(name), `${typed}: ${result.suggestions.join(", ")}`);
      }),
      {
        examples: [
          ["ATKey.ProS", 25],
          ["Enpass", 1],
        ],
      },
    );
  });
});

describe("editDistance", () => {
  for (const [a, b, distance] of [
    ["", "", 0],
    ["abc", "abc", 0],
    ["", "abc", 3],
    ["yubikey", "yubkey", 1],
    ["feitian", "feitain", 1],
    ["kitten", "sitting", 3],
  ] as const) {
    it(`is ${distance} from "${a}" to "${b}"`, () => assert.equal(editDistance(a, b), distance));
  }

  it("is a distance: zero for the same, the same both ways, no longer than the longer word", () => {
    const word = fc.string({ maxLength: 12 });
    fc.assert(
      fc.property(word, word, (a, b) => {
        const distance = editDistance(a, b);
        assert.equal(distance, editDistance(b, a));
        assert.equal(distance === 0, a === b);
        assert.ok(distance <= Math.max(a.length, b.length));
        assert.ok(distance >= Math.abs(a.length - b.length));
      }),
    );
  });
});
