import assert from "node:assert/strict";
import { generatePeople, startEmulator } from "../../provider/dist/emulator/index.js";
import type { RegistrationDetails, TenantHandle } from "../../provider/dist/emulator/index.js";
import { REPORT, send } from "./util.ts";

const tenant = { id: "aaaaaaaa-0000-4000-8000-000000000000", displayName: "A", mode: "legacy" as const };

describe("the seed people", () => {
  const facts = (one: TenantHandle) => {
    const users = one.users.list();
    const passkeys = users.flatMap(({ id }) => one.passkeys.list(id));
    const registrations = users.map(({ id }) => one.registrations(id));
    return {
      disabled: users.filter((user) => !user.accountEnabled).length,
      guests: users.filter((user) => user.userType === "Guest").length,
      admins: registrations.filter(({ isAdmin }) => isAdmin).length,
      without: registrations.filter((found) => found.passkeys.length === 0 && found.methods.length === 0).length,
      synced: passkeys.filter(({ passkeyType }) => passkeyType === "synced").length,
      unproven: passkeys.filter((key) => key.passkeyType === "deviceBound" && key.attestationLevel === "notAttested")
        .length,
      models: new Set(passkeys.map(({ aaGuid }) => aaGuid)).size,
    };
  };

  it("has some of everything, in a tenant of each mode", async () => {
    await using emulator = await startEmulator({ seed: "people" });
    assert.deepEqual(
      emulator.tenants.map(({ mode, licence }) => [mode, licence]),
      [
        ["profiles", "p2"],
        ["legacy", "p1"],
      ],
    );
    for (const one of emulator.tenants) {
      for (const [name, count] of Object.entries(facts(one))) {
        assert.ok(count > 0, `${one.displayName}: ${name}`);
      }
    }
    const [hospital] = emulator.tenants;
    const nested = hospital?.members.users("IT administrators").map(({ displayName }) => displayName);
    assert.ok(nested?.includes("Vera Lopez"));
    assert.ok(hospital?.passkeys.list("emergency.one@riverside.example").length);
  });

  it("is the same every time", async () => {
    await using one = await startEmulator({ seed: "people" });
    await using two = await startEmulator({ seed: "people" });
    const all = (emulator: typeof one) =>
      emulator.tenants.map((found) => found.users.list().map((user) => [user, found.passkeys.list(user.id)]));
    assert.deepEqual(all(one), all(two));
  });
});

describe("generatePeople", () => {
  it("makes the same people of the same number, and others of another", () => {
    assert.deepEqual(generatePeople({ count: 50 }), generatePeople({ count: 50, seed: 1 }));
    assert.notDeepEqual(generatePeople({ count: 50 }), generatePeople({ count: 50, seed: 2 }));
  });

  it("makes a seed with everyone in a group and some of everything", async () => {
    const people = generatePeople({ count: 500, groups: ["Staff", "Students", "Teachers"], domain: "large.example" });
    const switches = { reportRequestsPer10Seconds: 1000 };
    await using emulator = await startEmulator({ seed: { tenants: [{ ...tenant, ...people }] }, switches });
    const large = emulator.tenant();
    const members = new Set(["Staff", "Students"].flatMap((group) => large.members.users(group)).map(({ id }) => id));
    assert.equal(members.size, 500);
    assert.ok(large.members.list("Staff").some(({ id }) => id === large.groups.get("Teachers").id));
    const words = new Set<string>();
    let rows = 0;
    for (let path: string | undefined = `/v1.0${REPORT}`; path !== undefined;) {
      const { body } = await send(emulator, "GET", path);
      const value = body["value"] as RegistrationDetails[];
      rows += value.length;
      value.flatMap(({ methodsRegistered }) => methodsRegistered).forEach((word) => words.add(word));
      const next: unknown = body["@odata.nextLink"];
      path = typeof next === "string" ? next.replace(emulator.url, "") : undefined;
    }
    assert.equal(rows, large.users.list().filter((user) => user.accountEnabled).length);
    for (const word of ["", "Authenticator", "WindowsHello"]) {
      assert.ok(words.has(`passKeyDeviceBound${word}`));
    }
    assert.ok(words.has("passKeySynced") && words.has("mobilePhone"));
  });
});
