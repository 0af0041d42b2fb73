import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { foundOver, Journal, withInheritance } from "../../provider/dist/apply/index.js";
import type { Inheritance, Managed } from "../../provider/dist/apply/index.js";

const TENANT = "3d6e2b7c-0f48-4a7b-b1d5-9c8e4f6a2b02";
const [A, B, C] = ["school/prod/a", "clinic/prod/b", "clinic/prod/c"];
const LIST = "profile/default/aaGuids";
const KEY = "2fc0579f-8113-47ea-b116-bb5a8db9202a";
const OTHER = "a25342c0-3cdc-4414-8e46-f4807fca511c";
const ENTRY = `profile/default/listed/${KEY}`;

const left = (from: string, minute: number, facets: Inheritance["facets"]): Inheritance => ({
  version: 1,
  tenantId: TENANT,
  owner: B,
  from,
  time: `2026-11-26T10:${String(minute).padStart(2, "0")}:00.000Z`,
  facets,
});
const since = "2026-11-26T10:00:00.000Z";
const found = (prior: Managed[string]["prior"], written: Managed[string]["written"] = true): Managed[string] => ({
  since,
  ...(prior !== undefined && { prior }),
  ...(written !== undefined && { written }),
});
const priors = (managed: Managed) =>
  Object.fromEntries(Object.entries(managed).map(([name, { prior }]) => [name, prior]));

describe("withInheritance", () => {
  const flag = "isSelfServiceRegistrationAllowed";

  for (const [title, managed, inheritances, over, expected] of [
    [
      "takes what was there before the value that it found",
      { [flag]: found(false) },
      [left(A, 5, { [flag]: { written: false, prior: true } })],
      {},
      { [flag]: true },
    ],
    [
      "keeps what it found where another value was left",
      { [flag]: found(true) },
      [left(A, 5, { [flag]: { written: false, prior: true } })],
      {},
      { [flag]: true },
    ],
    [
      "goes by whose value it found, though that one has written another one since",
      { state: found("enabled") },
      [left(A, 5, { state: { written: "disabled", prior: "disabled" } })],
      { state: A },
      { state: "disabled" },
    ],
    [
      "does not take what was left before it found anything",
      { [flag]: { ...found(false), since: "2026-11-26T11:00:00.000Z" } },
      [left(A, 5, { [flag]: { written: false, prior: true } })],
      {},
      { [flag]: false },
    ],
    [
      "knows no more than those who are gone",
      { [flag]: found(false) },
      [left(A, 5, { [flag]: { written: false } })],
      {},
      { [flag]: undefined },
    ],
    [
      "goes through all of them in the order in which they went",
      { state: found("enabled") },
      [
        left(A, 9, { state: { written: "x", prior: "disabled" } }),
        left(C, 5, { state: { written: "y", prior: "x", over: A } }),
      ],
      { state: C },
      { state: "disabled" },
    ],
    [
      "puts an entry into a list that became whole",
      { [LIST]: found([OTHER, KEY], [KEY]) },
      [left(A, 5, { [ENTRY]: { written: true, prior: false } })],
      {},
      { [LIST]: [OTHER] },
    ],
    [
      "and out of it",
      { [LIST]: found([OTHER], [KEY]) },
      [left(A, 5, { [ENTRY]: { written: false, prior: true } })],
      {},
      { [LIST]: [OTHER, KEY] },
    ],
    [
      "takes an entry out of a whole list that was left",
      { [ENTRY]: found(true) },
      [left(A, 5, { [LIST]: { written: [KEY], prior: [OTHER] } })],
      {},
      { [ENTRY]: false },
    ],
    [
      "leaves an unknown prior unknown",
      { [flag]: found(undefined) },
      [left(A, 5, { [flag]: { written: false, prior: true } })],
      {},
      { [flag]: undefined },
    ],
  ] as [string, Managed, Inheritance[], Record<string, string>, Record<string, unknown>][]) {
    it(title, () => {
      const once = withInheritance(managed, inheritances, over);
      assert.deepEqual(priors(once), expected);
      assert.deepEqual(priors(withInheritance(once, inheritances, over)), expected, "again and again");
      assert.equal(once[Object.keys(managed)[0]!]!.written, managed[Object.keys(managed)[0]!]!.written);
    });
  }

  it("tells whose value is beneath, as far as they are still there", () => {
    const inheritances = [left(C, 5, { state: { written: "y", over: A } })];
    assert.equal(foundOver("state", C, inheritances), A);
    assert.equal(foundOver("state", A, inheritances), A);
    assert.equal(foundOver("state", C, [...inheritances, left(A, 6, { state: { written: "x" } })]), undefined);
    assert.equal(foundOver("state", undefined, inheritances), undefined);
  });
});

describe("the journal of several resources", () => {
  let folder: string;
  let journal: Journal;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "entra-passkeys-journal-"));
    journal = new Journal(folder);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const entry = (owner: string, tenantId = TENANT) => ({
    version: 1 as const,
    tenantId,
    owner,
    time: since,
    managed: {},
  });

  it("knows the others of a tenant, and passes over what it cannot read", () => {
    assert.deepEqual(journal.others(TENANT, A), []);
    for (const owner of [A, B, C]) journal.write(entry(owner));
    journal.write(entry("other/prod/a", TENANT.replace("3", "4")));
    writeFileSync(join(folder, "journal", `${TENANT}-0123456789abcdef.json`), "{");
    const owners = journal.others(TENANT.toUpperCase(), A).map(({ owner }) => owner);
    assert.deepEqual(owners.sort(), [B, C].sort());
  });

  it("keeps what each one leaves to an heir, and forgets it with the heir", () => {
    journal.bequeath(left(A, 1, { state: { written: "enabled", prior: "disabled" } }));
    journal.bequeath(left(A, 2, { [LIST]: { written: [KEY] } }));
    journal.bequeath(left(C, 3, { state: { written: "disabled" } }));
    const all = journal.inheritances(TENANT, B);
    assert.deepEqual(all.map(({ from, facets }) => [from, Object.keys(facets)]).sort(), [
      [C, ["state"]],
      [A, ["state", LIST]],
    ]);
    assert.deepEqual(journal.inheritances(TENANT, A), []);
    journal.write(entry(B));
    assert.equal(journal.others(TENANT, A).length, 1, "a bequest is no entry");
    journal.clear(TENANT, B);
    assert.deepEqual([journal.inheritances(TENANT, B), journal.read(TENANT, B)], [[], undefined]);
  });
});
