import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { catalogueEdition, selectModels, type AuthenticatorModel } from "../../provider/dist/catalogue/index.js";

const MAIN = fileURLToPath(new URL("../../provider/dist/cli/main.js", import.meta.url));
const YUBIKEY = "2fc0579f-8113-47ea-b116-bb5a8db9202a";

function run(...args: string[]): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, "aaguid", ...args], { encoding: "utf8" });
  return { code: status, out: stdout, err: stderr };
}

interface Answer {
  catalogue: { number: number; nextUpdate: string; additions: string; daysOverdue: number };
  models: AuthenticatorModel[];
  suggestions: string[];
}

function json(...args: string[]): Answer & { code: number | null } {
  const { code, out } = run(...args, "--json");
  return { ...(JSON.parse(out) as Answer), code };
}

/** The lines between the heading and the first empty one. */
const rows = (out: string) => out.split("\n\n")[0]!.split("\n").slice(1);

describe("entra-passkeys aaguid", function () {
  // A process for each answer.
  this.timeout(20_000);

  it("prints every model of a name, with what it can do, and the edition with its age", () => {
    const { code, out, err } = run("yubikey 5 series WITH nfc");
    assert.deepEqual([code, err], [0, ""]);
    assert.match(out, /^Name +AAGUID +Transports +Biometric +Certified +Entra +Status\n/);
    assert.equal(rows(out).length, 4);
    assert.match(out, new RegExp(`^YubiKey 5 Series with NFC +${YUBIKEY} +usb,nfc +no +L1 +yes$`, "m"));
    const { number, nextUpdate, additions } = catalogueEdition();
    assert.match(out, new RegExp(`4 models\\. FIDO metadata ${number}; a newer one .* by ${nextUpdate}`));
    assert.ok(out.includes(`as of ${additions}`));
  });

  it("takes a name as several arguments, words of it in any order, an AAGUID, its beginning, and several", () => {
    assert.equal(rows(run("YubiKey", "5", "Series", "with", "NFC").out).length, 4);
    assert.ok(json("nfc", "yubico", "fips").models.every(({ name }) => /FIPS.*NFC/.test(name)));
    assert.deepEqual(
      json(YUBIKEY.toUpperCase()).models.map(({ aaguid }) => aaguid),
      [YUBIKEY],
    );
    assert.deepEqual(
      json(YUBIKEY.slice(0, 8)).models.map(({ aaguid }) => aaguid),
      [YUBIKEY],
    );
    assert.deepEqual(
      json(YUBIKEY, "bada5566-a7aa-401f-bd96-45619a55120d").models.map(({ name }) => name),
      ["YubiKey 5 Series with NFC", "1Password"],
    );
    assert.equal(json("Microsoft Authenticator").models.length, 2);
  });

  it("takes the conditions of a selector", () => {
    const names = (models: AuthenticatorModel[]) => models.map(({ aaguid }) => aaguid);
    const wanted = { vendor: "Yubico", transports: ["usb", "nfc"], certified: "L2", fips: true } as const;
    const flags = ["--vendor", "yubico", "--transports", "usb,nfc", "--certified", "l2", "--fips"];
    assert.deepEqual(names(json(...flags).models), names(selectModels(wanted)));
    assert.deepEqual(
      names(json("--no-biometric", "--no-fips", "--certified").models),
      names(selectModels({ biometric: false, fips: false, certified: true })),
    );
    assert.deepEqual(
      names(json("--biometric", "--all", "--transports", "nfc").models),
      names(selectModels({ biometric: true, transports: ["nfc"], entraEligible: false })),
    );
    assert.ok(json("--kind", "passkeyProvider", "--all").models.length > 20);
  });

  it("narrows a name by conditions", () => {
    const { models } = json("bio", "--vendor", "Yubico");
    assert.ok(models.length > 0 && models.every(({ name, vendor }) => /bio/i.test(name) && vendor === "Yubico"));
  });

  it("shows bad news with its date, samples, and what is not known", () => {
    assert.match(run("TruU Windows Authenticator").out, /ba86dc56-\S+ .* no +REVOKED 2023-12-20$/m);
    assert.match(run("TruU Sample").out, / sample$/m);
    assert.match(run("Bitwarden").out, /^Bitwarden +\S+ +unknown +unknown +no +no$/m);
  });

  it("tells JSON apart from text: edition, models and suggestions", () => {
    const { catalogue, models, suggestions, code } = json("1Password");
    const { daysOverdue, ...edition } = catalogue;
    assert.deepEqual(edition, catalogueEdition());
    assert.ok(Number.isInteger(daysOverdue) && daysOverdue >= 0);
    assert.equal(models[0]?.kind, "passkeyProvider");
    assert.deepEqual([suggestions, code], [[], 0]);
  });

  const nothing: [string, string[], RegExp][] = [
    [
      "a typing error",
      ["YubKey 5 NFC"],
      /no model is called "YubKey 5 NFC"; did you mean\n {2}YubiKey 5 Series with NFC\n/,
    ],
    ["a malformed AAGUID", [YUBIKEY.slice(1)], /is not an AAGUID/],
    ["an AAGUID that is not there", ["12345678-1234-4234-8234-123456789012"], /has no model with the AAGUID 1234/],
    ["a vendor that is not there", ["--vendor", "Yubicoo"], /no vendor is called "Yubicoo"; did you mean\n {2}Yubico$/],
    ["conditions that nothing meets", ["--vendor", "Yubico", "--transports", "ble"], /no model meets.*--all$/],
    ["what does not attest, without --all", ["--kind", "windowsHello"], /no model meets these conditions.*--all$/],
    ["a name that the conditions rule out", ["bitwarden", "--fips"], /1 model found for "bitwarden", but none/],
    ["gibberish", ["qwertyuiop"], /no model is called "qwertyuiop"$/],
  ];
  for (const [what, args, message] of nothing) {
    it(`ends with 1 for ${what}`, () => {
      const { code, out, err } = run(...args);
      assert.deepEqual([code, out], [1, ""]);
      assert.match(err.trim(), message);
    });
  }

  it("gives suggestions as JSON too", () => {
    const { code, models, suggestions } = json("YubKey 5 NFC");
    assert.deepEqual([code, models], [1, []]);
    assert.ok(suggestions.includes("YubiKey 5 Series with NFC"));
  });

  const usage: [string, string[], RegExp][] = [
    ["nothing to look for", [], /give a name, an AAGUID or a condition/],
    ["an empty name", [" "], /give a name/],
    ["a transport that does not exist", ["--transports", "usb,pigeon"], /Transports are usb, lightning/],
    ["a level that does not exist", ["--certified", "L9"], /A level is one of L1/],
    ["a kind that does not exist", ["--kind", "phone"], /Allowed choices are securityKey/],
    ["an unknown option", ["--nonsense"], /unknown option/],
  ];
  for (const [what, args, message] of usage) {
    it(`ends with 2 for ${what}`, () => {
      const { code, out, err } = run(...args);
      assert.deepEqual([code, out], [2, ""]);
      assert.match(err, message);
    });
  }
});
