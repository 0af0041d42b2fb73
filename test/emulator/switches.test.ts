import assert from "node:assert/strict";
import {
  defaultSwitches,
  parseSwitches,
  startEmulator,
  SwitchError,
  switchCatalogue,
  switchNames,
} from "../../provider/dist/emulator/index.js";
import type { Switches } from "../../provider/dist/emulator/index.js";
import { restrict } from "./switch-case.ts";
import { accessCases } from "./switch-cases-access.ts";
import { peopleCases } from "./switch-cases-people.ts";
import { profileCases } from "./switch-cases-profiles.ts";
import { serviceCases } from "./switch-cases-service.ts";
import { FIDO2, FIDO2_TYPE, graphClient, send } from "./util.ts";

const cases = [...profileCases, ...serviceCases, ...peopleCases, ...accessCases];

describe("switches", () => {
  it("are all tried, with every answer", () => {
    assert.deepEqual(
      cases.map(({ name }) => name),
      switchNames,
    );
    for (const { name, answers } of cases) {
      const { values } = switchCatalogue[name];
      if (values === "number") {
        assert.equal(Object.keys(answers).length, 2, name);
      } else {
        assert.deepEqual(Object.keys(answers).sort(), [...values].sort(), name);
      }
    }
  });

  for (const { name, seed, prepare, patch, request, answers } of cases) {
    for (const [answer, check] of Object.entries(answers)) {
      it(`${name}=${answer}`, async () => {
        const switches = parseSwitches({ [name]: answer });
        await using emulator = await startEmulator({ switches, ...(seed === undefined ? {} : { seed }) });
        prepare?.(emulator);
        const before = emulator.tenant().policy();
        const body = patch === undefined ? undefined : { "@odata.type": FIDO2_TYPE, ...patch(before, emulator) };
        const answered =
          request === undefined ? await send(emulator, "PATCH", `/v1.0${FIDO2}`, { body }) : await request(emulator);
        check({ status: answered.status, body: answered.body, policy: emulator.tenant().policy() }, before);
      });
    }
  }

  it("of a tenant come before those of the emulator, and both may be changed while it runs", async () => {
    await using emulator = await startEmulator({ switches: { emptyAllowList: "refused" } });
    const attempt = async () => {
      const body = { "@odata.type": FIDO2_TYPE, ...restrict([]) };
      return (await send(emulator, "PATCH", `/v1.0${FIDO2}`, { body })).status;
    };
    assert.equal(await attempt(), 400);
    emulator.tenant().switches.emptyAllowList = "accepted";
    assert.equal(await attempt(), 204);
    delete emulator.tenant().switches.emptyAllowList;
    emulator.switches.emptyAllowList = "accepted";
    assert.equal(await attempt(), 204);
  });

  it("start with the first answer of the catalogue", () => {
    const defaults: Switches = defaultSwitches();
    assert.equal(defaults.listWhileNotEnforced, "accepted");
    assert.equal(defaults.bothDialects, "legacyWins");
    assert.equal(defaults.profileLimit, 3);
  });

  it("are checked when they come as text", () => {
    assert.deepEqual(parseSwitches({ profileLimit: "5" }), { profileLimit: 5 });
    for (const bad of [{ profileLimit: "none" }, { profileLimit: 0 }, { bothDialects: "neither" }, { nonsense: "1" }]) {
      assert.throws(() => parseSwitches(bad), SwitchError);
    }
  });

  it("let the documented read through Microsoft's client", async () => {
    await using emulator = await startEmulator();
    assert.equal(((await graphClient(emulator).api(FIDO2).get()) as { id: string }).id, "Fido2");
  });
});
