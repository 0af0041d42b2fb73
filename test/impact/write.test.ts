import assert from "node:assert/strict";
import {
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
  appendFileSync,
  copyFileSync,
} from "node:fs";
import { join } from "node:path";
import { InventoryError, KEEP_HOURS, Pseudonyms } from "../../provider/dist/impact/index.js";
import type { InventoryScope } from "../../provider/dist/impact/index.js";
import {
  ANN,
  BEN,
  CLEO,
  DAN,
  EVE,
  EXCLUDED,
  FAY,
  GUEST,
  KEY,
  lines,
  models,
  NAMES,
  NURSES,
  people,
  PHONE,
  pseudonyms,
  requests,
  rigForEach,
  START,
  TENANT,
  write,
} from "./util.ts";
import type { Rig } from "./util.ts";

const EVERYONE: InventoryScope = { people: "everyone", groups: [NURSES, EXCLUDED] };
const MEMBERS: InventoryScope = { people: [NURSES], groups: [EXCLUDED] };
const METHODS = /^\/v1\.0\/users\/[^/]+\/authentication\/fido2Methods/;
const OBJECT_IDS = /20000000-0000-4000-8000/;

/** Runs until the second batch, in which the connection breaks for good. */
async function cut(rig: Rig, scope: InventoryScope, before: number): Promise<void> {
  // One person a batch, so that there is a middle to cut in.
  const fault = rig.emulator.faults.add({
    match: { path: METHODS },
    after: before,
    do: { kind: "cut", phase: "before" },
    times: "always",
  });
  await assert.rejects(write(rig, scope, { concurrency: 1 }));
  fault.remove();
  assert.ok(!existsSync(rig.file), "a file that is not whole does not have its name");
  const left = readFileSync(`${rig.file}.partial`, "utf8");
  assert.doesNotMatch(left, NAMES);
  assert.doesNotMatch(left, OBJECT_IDS);
}

/** 30 people with a passkey more, so that one batch is not enough. */
function crowd(rig: Rig): void {
  for (let n = 0; n < 30; n++) {
    const added = rig.emulator.tenant().users.add({ displayName: `More ${n}`, passkeys: [{ aaGuid: KEY }] });
    rig.emulator.tenant().members.add(NURSES, added.id);
  }
}

const inFull = (rig: Rig) => new Map([...people(rig)].map(([id, person]) => [id, person.passkeys?.length]));

describe("writeInventoryFile", () => {
  const rig = rigForEach();

  it("writes a header, one person a line, and an end with the figures", async () => {
    const written = await write(rig.current, EVERYONE, { expires: 8 });
    const all = lines(rig.current.file);
    assert.deepEqual(all[0], {
      format: "entra-passkeys-inventory",
      version: 2,
      tenant: TENANT,
      created: "2026-06-01T08:00:00.000Z",
      expires: "2026-06-01T16:00:00.000Z",
      scope: "everyone",
      groups: [NURSES, EXCLUDED],
      source: { report: true, accounts: true },
      salt: pseudonyms.fingerprint,
    });
    assert.deepEqual(all.at(-1), { end: true, people: 7, passkeys: 5, unread: 0 });
    assert.equal(all.length, 9);
    assert.deepEqual(
      all.find(({ user }) => user === pseudonyms.user(ANN)),
      {
        user: pseudonyms.user(ANN),
        userType: "member",
        enabled: true,
        isAdmin: false,
        groups: [NURSES],
        otherMethods: ["mobilePhone"],
        passkeys: [
          {
            id: pseudonyms.passkey(rig.current.emulator.tenant().passkeys.list(ANN)[0]!.id),
            aaguid: KEY,
            passkeyType: "deviceBound",
            attestationLevel: "attested",
            created: "2026-06-01T08:00:00.000Z",
          },
        ],
        report: { updated: "2026-06-01T08:00:00.000Z", words: ["passKeyDeviceBound"] },
      },
    );
    assert.deepEqual(
      [written.totals.people, written.totals.withPasskey, written.totals.disabled, written.totals.guests],
      [7, 4, 2, 1],
    );
    assert.deepEqual([written.resumed, written.kept, written.expires], [0, 0, "2026-06-01T16:00:00.000Z"]);
  });

  it("is readable by its owner only, and leaves nothing else behind", async () => {
    await write(rig.current, EVERYONE);
    assert.equal(statSync(rig.current.file).mode & 0o777, 0o600);
    assert.deepEqual(readdirSync(rig.current.folder), ["passkeys.jsonl"]);
  });

  it("names nobody: no object id, no name, no address, no name of a key", async () => {
    rig.current.emulator.faults.add({
      match: { path: BEN },
      do: { kind: "status", status: 500, message: "Ben Baker" },
      times: "always",
    });
    await write(rig.current, MEMBERS);
    const text = readFileSync(rig.current.file, "utf8");
    for (const pattern of [
      NAMES,
      OBJECT_IDS,
      /@/,
      ...rig.current.emulator
        .tenant()
        .passkeys.list(ANN)
        .map(({ id }) => new RegExp(id)),
    ]) {
      assert.doesNotMatch(text, pattern);
    }
    assert.match(text, new RegExp(pseudonyms.user(ANN)));
  });

  for (const [title, scope] of [
    ["everyone", EVERYONE],
    ["the members of groups", MEMBERS],
  ] as const) {
    it(`goes on where a run for ${title} was cut, and ends with the same people`, async () => {
      crowd(rig.current);
      await write(rig.current, scope);
      const whole = inFull(rig.current);
      const whatAll = requests(rig.current, METHODS);
      const { emulator } = rig.current;
      emulator.audit.clear();
      const again = { ...rig.current, file: join(rig.current.folder, "again.jsonl") };
      await cut(again, scope, 20);
      assert.equal(statSync(`${again.file}.partial`).mode & 0o777, 0o600);
      rig.current.clock.now += 3_600_000;
      emulator.audit.clear();
      const written = await write(again, scope);
      assert.ok(written.resumed >= 20, String(written.resumed));
      assert.equal(requests(again, METHODS), whatAll - 20);
      assert.deepEqual(inFull(again), whole);
      assert.equal(written.created, lines(again.file)[0]?.["created"]);
      assert.ok(Date.parse(written.created) < rig.current.clock.now, "still that of the first run");
      assert.match(rig.current.notes.join("\n"), /Going on with the run of 2026-06-01T/);
      assert.equal(written.totals.people, whole.size, "people of both runs count");
    });
  }

  it("goes on after a line that was written half", async () => {
    crowd(rig.current);
    await cut(rig.current, EVERYONE, 20);
    appendFileSync(`${rig.current.file}.partial`, '{"user":"p-half');
    const written = await write(rig.current, EVERYONE);
    assert.ok(written.resumed >= 20);
    assert.equal(people(rig.current).size, 37);
  });

  it("goes on after a kill right before the file got its name", async () => {
    await write(rig.current, EVERYONE);
    const other = join(rig.current.folder, "other.jsonl");
    copyFileSync(rig.current.file, `${other}.partial`);
    const written = await write({ ...rig.current, file: other }, EVERYONE);
    assert.equal(written.resumed, 7);
    assert.deepEqual(readFileSync(other, "utf8"), readFileSync(rig.current.file, "utf8"));
  });

  it("reads those again whom the run that was cut could not read", async () => {
    crowd(rig.current);
    const { emulator } = rig.current;
    const fault = emulator.faults.add({ match: { path: ANN }, do: { kind: "status", status: 500 }, times: "always" });
    await cut(rig.current, EVERYONE, 22);
    fault.remove();
    await write(rig.current, EVERYONE);
    assert.deepEqual(models(rig.current, ANN), [KEY]);
  });

  for (const [title, change, note] of [
    ["for other groups", { scope: { people: "everyone", groups: [NURSES] } }, /other people or groups/],
    ["for other people", { scope: MEMBERS }, /other people or groups/],
    [
      "with other pseudonyms",
      { pseudonyms: new Pseudonyms(TENANT, "another salt of some length") },
      /other pseudonyms/,
    ],
    ["that is too old", { hours: 25 }, /older than 24 hours/],
    ["with other permissions", { revoke: "User.Read.All" }, /other permissions/],
  ] as [string, { scope?: InventoryScope; pseudonyms?: Pseudonyms; hours?: number; revoke?: string }, RegExp][]) {
    it(`starts over after a run ${title}, and says so`, async () => {
      crowd(rig.current);
      await cut(rig.current, EVERYONE, 20);
      rig.current.clock.now += (change.hours ?? 0) * 3_600_000;
      if (change.revoke) rig.current.emulator.tenant().revokePermission(change.revoke);
      const written = await write(rig.current, change.scope ?? EVERYONE, {
        pseudonyms: change.pseudonyms ?? pseudonyms,
      });
      assert.equal(written.resumed, 0);
      assert.match(rig.current.notes.join("\n"), note);
      assert.equal(lines(rig.current.file)[0]?.["created"], new Date(rig.current.clock.now).toISOString());
    });
  }

  it("reads only what changed where an earlier file is there", async () => {
    const { emulator, clock } = rig.current;
    await write(rig.current, EVERYONE);
    emulator.audit.clear();
    clock.now += 3_600_000;
    emulator.tenant().passkeys.add(CLEO, { aaGuid: KEY });
    emulator.tenant().passkeys.add(BEN, { aaGuid: PHONE });
    const [only] = emulator.tenant().passkeys.list(FAY);
    emulator.tenant().passkeys.remove(FAY, only!.id);
    emulator.tenant().members.add(EXCLUDED, ANN);
    const written = await write(rig.current, EVERYONE);
    assert.equal(written.kept, 1, "Ann");
    const asked = [...new Set(emulator.audit.entries.map(({ path }) => METHODS.test(path) && path.split("/")[3]))];
    assert.deepEqual(asked.filter(Boolean).sort(), [BEN, CLEO, DAN, EVE], "disabled ones are not in the report");
    assert.deepEqual([models(rig.current, ANN), models(rig.current, FAY)], [[KEY], []]);
    assert.deepEqual([models(rig.current, CLEO)?.length, models(rig.current, BEN)], [3, [PHONE]]);
    assert.deepEqual(people(rig.current).get(ANN)?.groups, [NURSES, EXCLUDED], "groups are read anew");
    assert.equal(written.created, "2026-06-01T09:00:00.000Z");
  });

  it("reads everything again with full, after a week, and for the members of groups", async () => {
    const { emulator, clock } = rig.current;
    await write(rig.current, EVERYONE);
    assert.equal((await write(rig.current, EVERYONE, { full: true })).kept, 0);
    clock.now += (KEEP_HOURS - 1) * 3_600_000;
    assert.equal((await write(rig.current, EVERYONE)).kept, 3);
    clock.now += 2 * 3_600_000;
    assert.equal((await write(rig.current, EVERYONE)).kept, 0, "what was kept does not get younger by being kept");
    emulator.audit.clear();
    assert.equal((await write(rig.current, MEMBERS)).kept, 0);
    assert.equal(requests(rig.current, METHODS), 5);
  });

  it("reads everything again where the earlier file has other pseudonyms or is damaged", async () => {
    const { current } = rig;
    await write(current, EVERYONE);
    const other = new Pseudonyms(TENANT, "another salt of some length");
    assert.equal((await write(current, EVERYONE, { pseudonyms: other })).kept, 0);
    writeFileSync(current.file, readFileSync(current.file, "utf8").replace(/\n[^\n]*\n$/, "\n"));
    assert.equal((await write(current, EVERYONE, { pseudonyms: other })).kept, 0);
  });

  const NOT_OURS: [string, (rig: Rig) => void, string][] = [
    ["a file of another kind", ({ file }) => writeFileSync(file, "my thesis\n"), "notWritable"],
    ["a link", ({ file, folder }) => symlinkSync(join(folder, "elsewhere"), file), "notWritable"],
    [
      "a link as the unfinished file",
      ({ file, folder }) => symlinkSync(join(folder, "elsewhere"), `${file}.partial`),
      "notWritable",
    ],
    [
      "another tenant's inventory",
      ({ file }) => writeFileSync(file, JSON.stringify({ tenant: KEY, created: new Date(START).toISOString() })),
      "otherTenant",
    ],
  ];
  for (const [what, plant, code] of NOT_OURS) {
    it(`does not replace ${what}`, async () => {
      plant(rig.current);
      await assert.rejects(write(rig.current, EVERYONE), (error: Error) => {
        assert.ok(error instanceof InventoryError);
        assert.equal(error.code, code);
        return true;
      });
      assert.ok(!existsSync(join(rig.current.folder, "elsewhere")));
    });
  }

  it("replaces an inventory of the first version", async () => {
    writeFileSync(rig.current.file, `${JSON.stringify({ tenant: TENANT, created: new Date(START).toISOString() })}\n`);
    assert.equal((await write(rig.current, EVERYONE)).totals.people, 7);
  });

  it("keeps the earlier file until the new one is whole", async () => {
    await write(rig.current, EVERYONE);
    const before = readFileSync(rig.current.file, "utf8");
    rig.current.emulator.faults.add({
      match: { kind: "batch" },
      do: { kind: "cut", phase: "before" },
      times: "always",
    });
    await assert.rejects(write(rig.current, EVERYONE, { full: true }));
    assert.equal(readFileSync(rig.current.file, "utf8"), before);
  });

  it("tells each person's pseudonym once, also of those that an earlier run wrote", async () => {
    crowd(rig.current);
    await cut(rig.current, EVERYONE, 20);
    const told = new Map<string, string>();
    await write(rig.current, EVERYONE, { onPerson: (id, user) => void told.set(id, user) });
    assert.equal(told.size, 37);
    assert.equal(told.get(GUEST), pseudonyms.user(GUEST));
  });
});
