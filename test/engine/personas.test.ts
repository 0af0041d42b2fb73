import assert from "node:assert/strict";
import { listAuthenticator, SCENES, type Scene } from "../../tools/demo/scenes.ts";
import { assertFirstKey, assertMatrix, configure, equip, leave, persona, tenantOf, type Expected } from "./personas.ts";
import { azureadOfTests, describeWithEngine } from "./stack.ts";

const SECURITY_KEY = "Security Key NFC by Yubico";
const FIPS = "YubiKey 5 FIPS with NFC";
const PHONES = ["Authenticator for iOS", "Authenticator for Android"];
const EVERYTHING = [
  SECURITY_KEY,
  FIPS,
  "YubiKey 5 with NFC",
  ...PHONES,
  "Windows Hello",
  "iCloud Keychain (synced)",
  "a key of an unknown model",
];
const only = (...keys: string[]) => ({ register: keys, signIn: keys });
const untouched = only(...EVERYTHING);

interface Case {
  readonly scene: Scene;
  /** After the first up, in which Conditional Access only reports. */
  readonly reporting: Expected;
  /** Once it is enabled. */
  readonly enabled: Expected;
  /** By group, the key that a newcomer comes with, and the Conditional Access policy for registering it. */
  readonly newcomers: Readonly<Record<string, readonly [key: string, registering: string]>>;
}

const PUPIL = [SECURITY_KEY, "Pupils: register a key with a pass that works once, or with a key"] as const;
const NURSE = [FIPS, "Nurses: register a key with a pass that works once, or with a key"] as const;
const ADMIN = [
  FIPS,
  "Administrators: register a key on a compliant device with a pass that works once, or with a key",
] as const;

const CASES: Readonly<Record<string, Case>> = {
  student: {
    scene: SCENES.student!,
    reporting: { Students: only(SECURITY_KEY), Nurses: untouched, "Break-glass": untouched },
    enabled: { Students: only(SECURITY_KEY), Nurses: untouched },
    newcomers: { Students: PUPIL },
  },
  healthcare: {
    scene: SCENES.healthcare!,
    reporting: { Nurses: only(FIPS), "Everyone else": only(FIPS, ...PHONES), Students: untouched },
    enabled: { Nurses: only(FIPS), "Everyone else": only(FIPS, ...PHONES) },
    newcomers: { Nurses: NURSE },
  },
  "admin-paw": {
    scene: SCENES["admin-paw"]!,
    reporting: { Administrators: only(FIPS), "Break-glass": only(FIPS), Nurses: untouched },
    enabled: { Administrators: only(FIPS), "Break-glass": only(FIPS) },
    newcomers: { Administrators: ADMIN },
  },
  "the root project": {
    scene: SCENES.all!,
    reporting: {
      Students: only(SECURITY_KEY),
      Nurses: only(FIPS, ...PHONES),
      "Everyone else": only(FIPS, ...PHONES),
      Administrators: only(FIPS),
      "Break-glass": only(FIPS),
    },
    enabled: {
      Students: only(SECURITY_KEY),
      // The default profile takes their phones, and Conditional Access keeps them from the bedside.
      Nurses: { register: [FIPS, ...PHONES], signIn: [FIPS] },
      "Everyone else": only(FIPS, ...PHONES),
      Administrators: only(FIPS),
    },
    newcomers: { Students: PUPIL, Nurses: NURSE, Administrators: ADMIN },
  },
};

for (const [name, { scene, reporting, enabled, newcomers }] of Object.entries(CASES)) {
  describeWithEngine(`The example ${name} on the real engine, ${azureadOfTests}`, function () {
    this.timeout(240_000);

    it("is previewed, applied, changed, set back and destroyed, and the tenant ends as it began", async () => {
      await using stack = await persona(scene);
      const tenant = stack.emulator.tenant();
      if (scene.stranded !== undefined) {
        assert.match(await stack.refused("preview"), /1 person would be stranded/);
        equip(stack, scene);
      }
      const before = tenantOf(stack);
      await stack.preview();
      assert.deepEqual(tenantOf(stack), before, "a preview writes nothing");

      await stack.up();
      assertMatrix(stack, reporting);
      for (const [group, [key, registering]] of Object.entries(newcomers)) {
        assertFirstKey(stack, group, key, registering);
      }
      const states = () => new Set(tenant.conditionalAccessPolicies.list().map(({ state }) => state));
      assert.deepEqual(states(), new Set(["enabledForReportingButNotEnforced"]));
      const { state, isUsableOnce } = tenant.method("TemporaryAccessPass");
      assert.deepEqual([state, isUsableOnce], ["enabled", true]);
      assert.ok(Buffer.byteLength(JSON.stringify(tenant.policy())) < 15 * 1024, "below 15 KB");
      const seen = stack.requests().length;
      await stack.unchanged();
      assert.ok(
        !stack.requests(seen).some((request) => /policy$/.test(request)),
        "a preview without changes reads no policy",
      );

      await configure(stack, { conditionalAccess: "enabled" });
      await stack.up();
      assert.deepEqual(states(), new Set(["enabled"]));
      assertMatrix(stack, enabled);

      const managed = tenantOf(stack);
      listAuthenticator(tenant, scene.drift);
      await stack.refused("preview", "--refresh", "--expect-no-changes");
      await stack.up("--refresh");
      assert.deepEqual(tenantOf(stack), managed, "set back");
      await stack.refresh();
      await stack.unchanged();

      await leave(stack);
      assert.deepEqual(tenantOf(stack), before, "as it began");
    });
  });
}
