import assert from "node:assert/strict";
import { startEmulator, type Emulator, type EmulatorOptions } from "../../provider/dist/emulator/index.js";
import { seeds } from "../../provider/dist/emulator/seeds/index.js";
import { anyObject, group } from "./published/directory.ts";
import { fido2Configuration, fido2Retired } from "./published/fido2.ts";
import { anyMethodRetired, methodsPolicyRetired } from "./published/methods.ts";
import { conditionalAccessPolicy } from "./published/conditional-access.ts";
import { registrationDetails } from "./published/registrations.ts";
import { deviations, withheldDeviations } from "./shape/check.ts";
import { SWITCHES, VERSIONS, furnish } from "./tenant.ts";
import { World } from "./world.ts";

const PARENT = "/policies/authenticationMethodsPolicy";
const LIST = `${PARENT}/authenticationMethodConfigurations`;
const ONE = `GET ${LIST}/:configuration`;
const TYPE = "#microsoft.graph.fido2AuthenticationMethodConfiguration";

for (const version of VERSIONS) {
  describe(`Answers of ${version} in other states of a tenant`, () => {
    let emulator: Emulator;

    const start = async (options: EmulatorOptions): Promise<World> => {
      emulator = await startEmulator({ ...options, switches: { ...SWITCHES, ...options.switches } });
      furnish(emulator, emulator.tenant().id);
      return new World(emulator, emulator.tenant(), version);
    };
    afterEach(() => emulator.close());

    it("have no legacy fields after their retirement", async () => {
      const world = await start({ seed: "contoso-profiles" });
      world.tenant.stopLegacyFields();
      await world.ask(ONE, `${LIST}/fido2`, { status: 200, shape: fido2Retired });
      await world.ask(`GET ${LIST}`, LIST, { status: 200, list: anyMethodRetired });
      await world.ask(`GET ${PARENT}`, PARENT, { status: 200, shape: methodsPolicyRetired });
      assert.deepEqual(world.found, []);
    });

    it("are as published after the migration to profiles, and after a reset", async () => {
      const world = await start({ seed: "contoso-legacy" });
      world.tenant.migrateToProfiles();
      await world.ask(ONE, `${LIST}/fido2`, { status: 200, shape: fido2Configuration });
      await world.ask(`DELETE ${LIST}/:configuration`, `${LIST}/fido2`, { status: 204 });
      await world.ask(ONE, `${LIST}/fido2`, { status: 200, shape: fido2Configuration });
      assert.deepEqual(world.found, []);
    });

    it("lack the policy in a cloud that does not have it", async () => {
      const [tenant] = seeds["contoso-legacy"].tenants;
      const world = await start({ seed: { tenants: [{ ...tenant!, cloud: "china" }] } });
      await world.ask(ONE, `${LIST}/fido2`, { status: 404 });
      Object.assign(emulator.switches, { missingPolicy: "400" });
      await world.ask(ONE, `${LIST}/fido2`, { status: 400 });
      const body = await world.ask(`GET ${LIST}`, LIST, { status: 200, list: anyMethodRetired });
      assert.ok(!JSON.stringify(body).includes('"Fido2"'));
      assert.deepEqual(world.found, []);
    });

    it("have what the switch unknownProperties stores, and nothing else", async () => {
      const world = await start({ switches: { unknownProperties: "stored" } });
      const body = { "@odata.type": TYPE, unheardOf: 1 };
      await world.ask(`PATCH ${LIST}/:configuration`, `${LIST}/fido2`, { status: 204 }, { body });
      const answer = await world.ask(ONE, `${LIST}/fido2`, { status: 200, shape: fido2Configuration });
      assert.deepEqual(
        world.found.map((line) => line.split("): ")[1]),
        [`unheardOf: microsoft.graph.${TYPE.split(".").at(-1)} has no such property in ${version}`],
      );
      const asked = { version, origin: emulator.url, extra: ["unheardOf"] };
      assert.deepEqual(deviations(answer, fido2Configuration, asked), []);
    });

    it("lead from page to page", async () => {
      const world = await start({ seed: "people", switches: { pageSize: 3, reportPageSize: 2 } });
      const lists = [
        ["/groups", group],
        ["/identity/conditionalAccess/policies", conditionalAccessPolicy],
        ["/reports/authenticationMethods/userRegistrationDetails", registrationDetails],
      ] as const;
      for (const [path, list] of lists) {
        const seen = new Set<string>();
        let next: string | undefined = path === "/groups" ? `${path}?$top=2` : path;
        let pages = 0;
        for (; next !== undefined; pages++) {
          const body: Record<string, unknown> = await world.ask(`GET ${path}`, next, { status: 200, list });
          (body["value"] as { id: string }[]).forEach(({ id }) => seen.add(id));
          next = (body["@odata.nextLink"] as string | undefined)?.replace(`${emulator.url}/${version}`, "");
        }
        assert.ok(pages > 1 || path.startsWith("/identity"), `${path} has one page`);
      }
      assert.deepEqual(world.found, []);
    });

    it("withhold what a token may not see: null, and empty collections", async () => {
      const world = await start({ seed: "contoso-profiles" });
      const { id } = world.tenant.groups.get("Sales");
      const inner = world.tenant.groups.get("Executives");
      world.tenant.members.add("Sales", "Executives");
      const token = emulator.token(world.tenant.id, ["GroupMember.Read.All"]);
      const expected = { status: 200, list: anyObject } as const;
      const body = await world.ask("GET /groups/:id/members", `/groups/${id}/members`, expected, { token });
      const value = body["value"] as Record<string, unknown>[];
      const asked = { version, origin: emulator.url };
      const users = value.filter((one) => one["@odata.type"] === "#microsoft.graph.user");
      assert.ok(users.length > 0 && value.some((one) => one["id"] === inner.id && one["displayName"] === "Executives"));
      assert.deepEqual(
        users.flatMap((one) => withheldDeviations(one, anyObject, asked)),
        [],
      );
      assert.deepEqual(world.found, []);
    });
  });
}
