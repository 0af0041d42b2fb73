import assert from "node:assert/strict";
import { bedsideKeys, fingerprintKeys, nurseKeys } from "../../examples/healthcare/rule.ts";
import { pinsKeys } from "./pinned.ts";
import { programOf } from "./program.ts";

const CONFIG = { nursesGroup: "Nurses", officeGroup: "Office", breakGlassGroup: "Emergency" };

interface Profiles {
  readonly [key: string]: {
    readonly exclusive?: boolean;
    readonly attestationEnforcement: string;
    readonly keyRestrictions: Readonly<Record<string, unknown>>;
  };
}

describe("the healthcare example", function () {
  this.timeout(30_000);

  describe("at the bedside", () => {
    pinsKeys(
      nurseKeys,
      "as a FIPS model with USB and NFC, and with a PIN",
      ({ transports, fips, biometric }) =>
        transports.includes("usb") && transports.includes("nfc") && fips === true && !biometric,
    );
  });

  describe("on wards without gloves", () => {
    pinsKeys(
      fingerprintKeys,
      "as a USB model with a fingerprint reader",
      ({ transports, biometric }) => transports.includes("usb") && biometric,
    );
    pinsKeys(bedsideKeys(true), "beside the others", () => true);
  });

  it("keeps phones from nurses and gives them to the office", async () => {
    const program = await programOf("healthcare", CONFIG);
    const nurses = program.of("entra:PasskeyPolicy nurses");
    const office = program.of("entra:PasskeyPolicy office");
    const [bedside, desk] = [(nurses["profiles"] as Profiles)["nurses"]!, (office["profiles"] as Profiles)["office"]!];
    assert.equal(bedside.keyRestrictions["microsoftAuthenticator"], false);
    assert.equal(desk.keyRestrictions["microsoftAuthenticator"], true);
    for (const { exclusive, attestationEnforcement, keyRestrictions } of [bedside, desk]) {
      assert.deepEqual([exclusive, attestationEnforcement], [true, "registrationOnly"]);
      assert.deepEqual(
        [keyRestrictions["isEnforced"], keyRestrictions["enforcementType"], keyRestrictions["models"]],
        [true, "allow", nurseKeys],
      );
    }
    assert.deepEqual(nurses["includeTargets"], [{ group: "id of Nurses", profiles: ["nurses"] }]);
    assert.deepEqual(office["includeTargets"], [{ group: "id of Office", profiles: ["office"] }]);
  });

  it("asks nurses for their keys at sign-in, with fingerprints where configured", async () => {
    const program = await programOf("healthcare", { ...CONFIG, fingerprint: "true" });
    assert.deepEqual(program.of("entra:PasskeyAuthenticationStrength nurses")["models"], bedsideKeys(true));
    const { profiles } = program.of("entra:PasskeyPolicy nurses") as { profiles: Profiles };
    assert.deepEqual(profiles["nurses"]!.keyRestrictions["models"], bedsideKeys(true));
  });

  it("has one rule for both where the default profile carries them", async () => {
    const program = await programOf("healthcare", { ...CONFIG, ownProfile: "false" });
    const { profiles, includeTargets } = program.of("entra:PasskeyPolicy nurses") as {
      profiles: Profiles;
      includeTargets: object;
    };
    assert.deepEqual(Object.keys(profiles), ["default"]);
    assert.equal(profiles["default"]!.keyRestrictions["microsoftAuthenticator"], true);
    assert.deepEqual(includeTargets, [
      { group: "id of Nurses", profiles: ["default"] },
      { group: "id of Office", profiles: ["default"] },
    ]);
    assert.ok(!program.all.includes("entra:PasskeyPolicy office"));
  });

  it("lists without enforcing where the default profile is to restrict nobody", async () => {
    const config = { ...CONFIG, ownProfile: "false", enforceList: "false" };
    const { profiles } = (await programOf("healthcare", config)).of("entra:PasskeyPolicy nurses") as {
      profiles: Profiles;
    };
    const { isEnforced, microsoftAuthenticator } = profiles["default"]!.keyRestrictions;
    assert.deepEqual([isEnforced, microsoftAuthenticator], [false, true]);
  });
});
