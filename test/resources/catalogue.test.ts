import assert from "node:assert/strict";
import { findModel, resolveModel, select } from "../../provider/dist/catalogue/index.js";
import { inWorld, KEY, KEY_B } from "./util.ts";
import type { Stack } from "./util.ts";

const NAME = "YubiKey 5 Series with NFC";
const REVOKED = "ba86dc56-635f-4141-aef6-00227b1b9af6";
const profiles = { seed: "contoso-profiles" };
const listing = (restrictions: object) => ({
  profiles: { default: { keyRestrictions: { isEnforced: true, enforcementType: "allow", ...restrictions } } },
});

/** Makes it so that the last run had another catalogue, in which the list was another one. */
async function withEarlierEdition(stack: Stack, args: object, aaguids: string[], edition: object): Promise<void> {
  await stack.up(listing({ models: aaguids }));
  for (const there of [stack.inputs!, stack.state!]) {
    Object.assign(there, structuredClone(args));
    there.resolved = { ...there.resolved, aaGuids: { default: [...aaguids].sort() }, ...edition };
  }
  stack.lines.length = 0;
}

describe("a list of models and the edition of the catalogue", function () {
  this.timeout(20_000);

  const all = [...(resolveModel(NAME).aaguids ?? [])];
  const [gone] = select({ vendor: "Feitian", max: 100 });
  const before = [...all.filter((aaguid) => aaguid !== KEY), gone!];
  const editions: [string, object, RegExp][] = [
    [
      "of the metadata",
      { catalogue: 290 },
      /models were looked up in FIDO metadata 290 with.*, and now in FIDO metadata 29/,
    ],
    ["of the additions", { additions: "2026-01-01" }, /with additions of 2026-01-01, and now in FIDO/],
    ["that had no additions", { additions: undefined }, /looked up in FIDO metadata \d+, and now in/],
  ];
  for (const [which, edition, line] of editions) {
    it(
      `shows by name what another edition ${which} changes, though the program is the same`,
      inWorld(profiles, async (world) => {
        const stack = world.stack();
        const args = listing({ models: [NAME] });
        await withEarlierEdition(stack, args, before, edition);
        assert.equal(await stack.preview(args), true);
        const text = stack.lines.join("\n");
        assert.match(text, line);
        const profile = "PasskeyPolicy policy:   profile Default passkey profile";
        assert.ok(text.includes(`${profile}: + ${NAME} (${KEY})`), text);
        assert.ok(text.includes(`${profile}: - ${findModel(gone!)?.name} (${gone})`), text);
        assert.equal(await stack.apply(args), true);
        assert.deepEqual([...(stack.state?.resolved.aaGuids["default"] ?? [])].sort(), all);
      }),
    );
  }

  it(
    "is no change where another edition gives the same list",
    inWorld(profiles, async (world) => {
      const stack = world.stack();
      const args = listing({ models: [NAME] });
      await withEarlierEdition(stack, args, all, { catalogue: 290 });
      assert.equal(await stack.preview(args), false);
      assert.deepEqual(stack.lines, []);
    }),
  );

  it(
    "takes a list that the program selected, and keeps it sorted in the inputs",
    inWorld(profiles, async (world) => {
      const stack = world.stack();
      const models = select({ vendor: "Yubico", transports: ["nfc"], certified: "L2", fips: true });
      await stack.up(listing({ models }));
      assert.deepEqual(stack.inputs?.profiles?.["default"]?.keyRestrictions?.models, models);
      assert.deepEqual(stack.inputs?.resolved.aaGuids["default"], models);
      const list = world.tenant.policy().passkeyProfiles[0]?.keyRestrictions?.aaGuids;
      assert.deepEqual([...(list ?? [])].sort(), models);
    }),
  );

  it(
    "prints at most twenty models",
    inWorld(profiles, async (world) => {
      const stack = world.stack();
      await stack.preview(listing({ models: select({ vendor: "Yubico" }) }));
      assert.equal(stack.lines.filter((line) => /: \+ /.test(line)).length, 20);
      assert.equal(stack.lines.filter((line) => /and \d+ more models$/.test(line)).length, 1);
    }),
  );

  it(
    "warns of a revoked model with its date, at preview, and writes it all the same",
    inWorld(profiles, async (world) => {
      const stack = world.stack();
      const args = listing({ models: [KEY_B, REVOKED] });
      await stack.preview(args);
      const text = stack.lines.join("\n");
      assert.match(
        text,
        /warning: profiles\.default\.keyRestrictions\.models: TruU Windows Authenticator \(ba86dc56\S+\) was reported as REVOKED on 2023-12-20/,
      );
      assert.equal(await stack.up(args), true);
    }),
  );
});
