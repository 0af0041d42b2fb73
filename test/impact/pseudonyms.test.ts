import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SettingsError } from "../../provider/dist/graph/index.js";
import { openPseudonyms, Pseudonyms, readTenantMethods } from "../../provider/dist/impact/index.js";
import type { MethodPolicy, StrengthRequirement } from "../../provider/dist/policy/index.js";
import { ANN, KEY, NURSES, rigForEach, SALT, TENANT } from "./util.ts";

describe("Pseudonyms", () => {
  const names = new Pseudonyms(TENANT, SALT);

  it("are the same for the same tenant, salt and id, in either letter case", () => {
    assert.match(names.user(ANN), /^p-[0-9a-f]{20}$/);
    assert.equal(new Pseudonyms(TENANT.toUpperCase(), SALT).user(ANN.toUpperCase()), names.user(ANN));
    assert.match(names.passkey("key"), /^k-[0-9a-f]{20}$/);
    assert.notEqual(names.passkey("key"), names.passkey("Key"));
  });

  it("differ between tenants, salts and kinds", () => {
    const other = [new Pseudonyms(KEY, SALT), new Pseudonyms(TENANT, `${SALT}.`)];
    const all = [names, ...other].flatMap((some) => [some.user(ANN), some.fingerprint, some.passkey(ANN).slice(2)]);
    assert.equal(new Set(all).size, all.length);
    assert.notEqual(names.user(ANN).slice(2), names.passkey(ANN).slice(2));
  });
});

describe("openPseudonyms", () => {
  let folder: string;
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "salt-"))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("makes a random salt for each tenant once, readable by its owner only", () => {
    const first = openPseudonyms(TENANT, folder, {});
    assert.equal(openPseudonyms(TENANT.toUpperCase(), folder, {}).fingerprint, first.fingerprint);
    assert.notEqual(openPseudonyms(KEY, folder, {}).user(ANN), first.user(ANN));
    const file = join(folder, "salt", TENANT);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.equal(statSync(join(folder, "salt")).mode & 0o777, 0o700);
    assert.match(readFileSync(file, "utf8"), /^[0-9a-f]{64}\n$/);
    assert.deepEqual(readdirSync(join(folder, "salt")).sort(), [KEY, TENANT].sort());
  });

  it("takes the salt of the environment, so that machines agree, and leaves no file", () => {
    const env = { ENTRA_PASSKEYS_SALT: ` ${SALT}\n` };
    assert.equal(openPseudonyms(TENANT, folder, env).user(ANN), new Pseudonyms(TENANT, SALT).user(ANN));
    assert.deepEqual(readdirSync(folder), []);
  });

  it("refuses a salt that protects nobody, without showing it", () => {
    assert.throws(
      () => openPseudonyms(TENANT, folder, { ENTRA_PASSKEYS_SALT: "short-secret" }),
      (error: Error) => {
        assert.ok(error instanceof SettingsError);
        assert.match(error.message, /ENTRA_PASSKEYS_SALT has 12 characters/);
        assert.ok(!error.message.includes("short-secret"));
        return true;
      },
    );
  });
});

describe("readTenantMethods", () => {
  const rig = rigForEach();
  const names = new Pseudonyms(TENANT, SALT);
  const nameOf = (id: string) => names.user(id);
  const requirement: StrengthRequirement = {
    policy: "Phishing-resistant",
    strength: "Keys",
    allowedCombinations: ["fido2"],
    includeUsers: ["all"],
    excludeUsers: [ANN, "guestsorexternalusers"],
    includeGroups: [NURSES],
    excludeGroups: [],
    includesRoles: false,
    excludesRoles: false,
    conditional: false,
  };

  it("names users as the inventory does, and leaves groups and words", async () => {
    const sms: MethodPolicy = {
      id: "Sms",
      state: "enabled",
      includeTargets: [{ id: NURSES, targetType: "group" }],
      excludeTargets: [{ id: ANN, targetType: "user" }],
    };
    const graph = {
      readMethodPolicies: () => Promise.resolve([sms]),
      readStrengthRequirements: () => Promise.resolve([requirement]),
    };
    assert.deepEqual(await readTenantMethods(graph, nameOf), {
      methods: [{ ...sms, excludeTargets: [{ id: names.user(ANN), targetType: "user" }] }],
      strengths: [{ ...requirement, excludeUsers: [names.user(ANN), "guestsorexternalusers"] }],
    });
  });

  it("reads all of it from Graph", async () => {
    const { methods, strengths, ...reasons } = await readTenantMethods(rig.current.graph, nameOf);
    assert.ok(methods && methods.length > 5 && !methods.some(({ id }) => /fido2/i.test(id)));
    assert.deepEqual([strengths, reasons], [[], {}]);
  });

  it("knows nothing without permission, and says why", async () => {
    const tenant = rig.current.emulator.tenant();
    for (const permission of [
      "Policy.Read.All",
      "Policy.Read.AuthenticationMethod",
      "Policy.ReadWrite.AuthenticationMethod",
    ]) {
      tenant.revokePermission(permission);
    }
    assert.deepEqual(await readTenantMethods(rig.current.graph, nameOf), {
      methodsUnread: "no permission: Policy.Read.AuthenticationMethod",
      strengthsUnread: "no permission: Policy.Read.All",
    });
  });

  it("knows the methods, but no strengths, without Entra ID P1", async () => {
    rig.current.emulator.tenant().licence = "free";
    const { methods, strengths, strengthsUnread } = await readTenantMethods(rig.current.graph, nameOf);
    assert.ok(methods);
    assert.equal(strengths, undefined);
    assert.match(String(strengthsUnread), /^no (licence|permission): /);
  });
});
