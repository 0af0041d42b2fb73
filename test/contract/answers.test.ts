import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createApp } from "../../provider/dist/emulator/http/app.js";
import { startEmulator, type Emulator } from "../../provider/dist/emulator/index.js";
import { seeds } from "../../provider/dist/emulator/seeds/index.js";
import { UNKNOWN } from "./published/unknown.ts";
import { OWN, ROWS } from "./routes/index.ts";
import { SWITCHES, VERSIONS, furnish } from "./tenant.ts";
import { World } from "./world.ts";

/** Version and tenant of a route's path are the contract's own business. */
function normalised(method: string, path: string): string {
  return `${method} ${path.replace(/^\/:version\{[^}]+\}/, "")}`;
}

describe("The contract of the routes", () => {
  it("has a row for each route that the emulator serves, and none besides", () => {
    const app = createApp({} as never);
    const served = app.routes.map(({ method, path }) => normalised(method, path));
    const graph = [...new Set(served)].filter((route) => !OWN.test(route));
    const written = ROWS.map(({ route }) => route);
    assert.deepEqual(
      graph.filter((route) => !written.includes(route)),
      [],
      "add a row in test/contract/routes/ for these",
    );
    assert.deepEqual(
      written.filter((route) => !graph.includes(route)),
      [],
      "the emulator has no such route",
    );
    assert.equal(new Set(written).size, written.length);
  });

  it("says what it leaves unchecked", function () {
    assert.equal(new Set(UNKNOWN).size, UNKNOWN.length);
    const page = readFileSync(new URL("../../docs/emulator.md", import.meta.url), "utf8").replace(/\s+/g, " ");
    assert.deepEqual(
      UNKNOWN.filter((line) => !page.includes(`- ${line}`)),
      [],
      "docs/emulator.md lists what is not checked",
    );
    console.log(`      not found published, not checked:\n${UNKNOWN.map((line) => `        - ${line}`).join("\n")}`);
  });
});

for (const seed of Object.keys(seeds)) {
  for (const version of VERSIONS) {
    describe(`Answers of ${version} with the seed ${seed}`, () => {
      let emulator: Emulator;

      before(async () => {
        emulator = await startEmulator({ seed, switches: SWITCHES });
        emulator.tenants.forEach(({ id }) => furnish(emulator, id));
      });
      after(() => emulator.close());

      it("are as Graph publishes them", async function () {
        this.timeout(60_000);
        const found = new Map<string, string>();
        for (const tenant of emulator.tenants) {
          for (const row of ROWS) {
            const world = new World(emulator, tenant, version);
            await row.ask(world, row.route);
            const own = world.questions.filter(({ route }) => route === row.route || row.route.startsWith("ALL "));
            assert.ok(own.length > 0, `${row.route} is not asked`);
            // The same deviation of the same route is said once.
            world.found.forEach((line) => found.set(`${row.route} ${line.split("): ").at(-1)}`, line));
          }
        }
        assert.deepEqual([...found.values()], []);
      });
    });
  }
}
