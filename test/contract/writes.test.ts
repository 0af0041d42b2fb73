import assert from "node:assert/strict";
import { startEmulator, type Emulator } from "../../provider/dist/emulator/index.js";
import { propertiesOf } from "./shape/type.ts";
import { wrongBodies } from "./shape/wrong.ts";
import { SWITCHES, VERSIONS, furnish } from "./tenant.ts";
import { WRITES } from "./writable/index.ts";
import type { Json, Write } from "./writable/write.ts";
import { World } from "./world.ts";

/** What the service sets, with values that it would not have. */
const READ_ONLY: Json = {
  id: "77777777-7777-4777-8777-777777777777",
  createdDateTime: "2001-01-01T00:00:00Z",
  modifiedDateTime: "2001-01-01T00:00:00Z",
  deletedDateTime: "2001-01-01T00:00:00Z",
  policyType: "builtIn",
  requirementsSatisfied: "none",
  defaultPasskeyProfile: "77777777-7777-4777-8777-777777777777",
  mail: "written@contoso.example",
  securityIdentifier: "S-1-1-1",
  onPremisesSyncEnabled: true,
  proxyAddresses: ["SMTP:written@contoso.example"],
};

for (const version of VERSIONS) {
  for (const write of WRITES) {
    describe(`A ${write.method} of ${write.name} in ${version}`, () => {
      let emulator: Emulator;
      let world: World;

      beforeEach(async () => {
        emulator = await startEmulator({ seed: write.seed, switches: SWITCHES });
        furnish(emulator, emulator.tenant().id);
        world = new World(emulator, emulator.tenant(), version);
      });
      afterEach(() => emulator.close());

      it("knows every published property", () => {
        const published = Object.entries(propertiesOf(write.shape, version));
        const writable = published.filter(([, { readOnly }]) => readOnly !== true).map(([name]) => name);
        const known = [...Object.keys(write.sample(world)), ...Object.keys(write.unsent ?? {})];
        const both = published.filter(([name]) => name !== "id").map(([name]) => name);
        assert.deepEqual(
          writable.filter((name) => !known.includes(name) && name !== "id"),
          [],
          "not written",
        );
        assert.deepEqual(
          Object.keys(write.sample(world)).filter((name) => !both.includes(name)),
          [],
          "not published",
        );
      });

      it("takes everything that can be written, together and one by one", async () => {
        const sample = write.sample(world);
        await accepts(world, write, sample);
        for (const [name, value] of Object.entries(sample)) {
          await accepts(world, write, { [name]: value });
        }
        for (const name of write.nulls ?? []) {
          await accepts(world, write, { [name]: null });
        }
      });

      it("refuses a wrong type, null and an unknown word in every place, and changes nothing", async () => {
        const path = write.path(world);
        const before = write.method === "PATCH" ? await read(world, path) : undefined;
        const wrongs = wrongBodies({ ...write.base, ...write.sample(world) }, write.shape, version);
        const taken: string[] = [];
        for (const { at, value, body } of wrongs) {
          const { status } = await send(world, write.method, path, body);
          if (status !== 400) {
            taken.push(`${at}: ${JSON.stringify(value)} answers ${status}`);
          }
        }
        assert.deepEqual(taken, []);
        assert.ok(wrongs.length >= 3);
        if (before !== undefined) {
          assert.deepEqual(await read(world, path), before);
        }
      });

      it("never stores what is read-only", async () => {
        const published = propertiesOf(write.shape, version);
        const names = Object.keys(READ_ONLY).filter((name) => published[name]?.readOnly === true || name === "id");
        for (const name of names) {
          const path = write.path(world);
          const before = write.method === "PATCH" ? await read(world, path) : {};
          const body = { ...write.base, [name]: READ_ONLY[name] };
          const answer = await send(world, write.method, path, body);
          assert.ok([write.status, 400].includes(answer.status), `${name} answers ${answer.status}`);
          const after = write.method === "PATCH" ? await read(world, path) : answer.body;
          if (write.method === "PATCH") {
            assert.deepEqual(after[name], before[name]);
          } else if (answer.status !== 400) {
            assert.notDeepEqual(after[name], READ_ONLY[name], name);
          }
        }
      });

      it("treats what its resource does not have by the switch unknownProperties", async () => {
        const body = { ...write.base, ...write.sample(world), unheardOf: 1 };
        assert.equal((await send(world, write.method, write.path(world), body)).status, 400);
        Object.assign(emulator.switches, { unknownProperties: "ignored" });
        const path = write.path(world);
        const answer = await send(world, write.method, path, body);
        assert.equal(answer.status, write.status, JSON.stringify(answer.body));
        const after = write.method === "PATCH" ? await read(world, path) : answer.body;
        assert.equal(after["unheardOf"], undefined);
      });
    });
  }
}

async function accepts(world: World, write: Write, members: Json): Promise<void> {
  const { status, body } = await send(world, write.method, write.path(world), { ...write.base, ...members });
  assert.equal(status, write.status, `${JSON.stringify(members)}: ${JSON.stringify(body)}`);
}

async function read(world: World, path: string): Promise<Json> {
  const { status, body } = await send(world, "GET", path);
  assert.equal(status, 200);
  // A write moves it, whatever it wrote.
  const { modifiedDateTime: _, ...rest } = body;
  return rest;
}

async function send(world: World, method: string, path: string, body?: Json): Promise<{ status: number; body: Json }> {
  const { emulator, tenant, version } = world;
  const response = await fetch(`${emulator.url}/${version}${path}`, {
    method,
    headers: { authorization: `Bearer ${emulator.token(tenant.id)}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === "" ? {} : (JSON.parse(text) as Json) };
}
