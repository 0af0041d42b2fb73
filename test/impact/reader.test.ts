import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  InventoryError,
  readInventoryFile,
  registrationsOf,
  uncoveredTargets,
} from "../../provider/dist/impact/index.js";
import type { InventoryErrorCode } from "../../provider/dist/impact/index.js";
import { EXCLUDED, KEY, NURSES, PHONE, START, TENANT, WARD } from "./util.ts";

const header = {
  format: "entra-passkeys-inventory",
  version: 2,
  tenant: TENANT,
  created: new Date(START).toISOString(),
  scope: [NURSES],
  groups: [NURSES, EXCLUDED],
  source: { report: true, accounts: "no permission: User.Read.All" },
  salt: "01234567",
};
const passkey = {
  id: "k-1",
  aaguid: KEY.toUpperCase(),
  passkeyType: "deviceBound",
  attestationLevel: "attested",
  created: "2026-01-01T00:00:00Z",
};
const ann = {
  user: "p-ann",
  userType: "member",
  enabled: true,
  isAdmin: false,
  groups: [NURSES.toUpperCase()],
  otherMethods: ["email"],
  passkeys: [passkey],
};
const ben = {
  user: "p-ben",
  groups: [NURSES],
  nested: [NURSES],
  passkeys: [{ passkeyType: "hybrid" }, { aaguid: PHONE, futureMember: 1 }],
  futureMember: {},
};
const cleo = { user: "p-cleo", groups: [] };
const end = (people: number, passkeys: number, unread: number) => ({ end: true, people, passkeys, unread });
const whole = [header, ann, ben, cleo, end(3, 3, 1)];

describe("an inventory file of version 2", () => {
  let folder: string;
  before(() => void (folder = mkdtempSync(join(tmpdir(), "inventory-"))));
  after(() => rmSync(folder, { recursive: true, force: true }));

  const path = () => join(folder, "passkeys.jsonl");
  const put = (lines: readonly unknown[], ending = "\n") => {
    writeFileSync(
      path(),
      lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line))).join("\n") + ending,
    );
  };
  const read = (options = {}) =>
    readInventoryFile(path(), { tenantId: TENANT, maxAge: 24, now: START + 3_600_000, ...options });

  it("is people with what decides, scope, groups and source", () => {
    put(whole);
    const inventory = read();
    assert.deepEqual(inventory.scope, new Set([NURSES]));
    assert.deepEqual(inventory.groupsRead, new Set([NURSES, EXCLUDED]));
    assert.deepEqual([inventory.created, inventory.ageHours, inventory.salt], [header.created, 1, "01234567"]);
    assert.deepEqual(inventory.source, header.source);
    const [first, second, third] = JSON.parse(JSON.stringify(inventory.people)) as unknown[];
    assert.deepEqual(first, {
      ...ann,
      groups: [NURSES],
      passkeys: [{ aaguid: KEY, passkeyType: "deviceBound", attestationLevel: "attested" }],
    });
    assert.deepEqual(second, {
      user: "p-ben",
      groups: [NURSES],
      nested: [NURSES],
      passkeys: [{ passkeyType: "hybrid" }, { aaguid: PHONE }],
    });
    assert.deepEqual(third, cleo, "unread is not none");
  });

  it("has ids and times of passkeys where they are asked for", () => {
    put(whole);
    assert.deepEqual(read({ details: true }).people[0]?.passkeys, [{ ...passkey, aaguid: KEY }]);
  });

  it("knows everyone where it was read for everyone", () => {
    put([{ ...header, scope: "everyone" }, end(0, 0, 0)]);
    assert.equal(read().scope, "everyone");
  });

  it("keeps equal parts once", () => {
    put([header, ...Array.from({ length: 3 }, (_, n) => ({ ...ann, user: `p-${n}` })), end(3, 3, 0)]);
    const [a, b] = read().people;
    assert.ok(a && b);
    assert.equal(a.groups, b.groups);
    assert.equal(a.passkeys, b.passkeys);
    assert.equal(a.otherMethods, b.otherMethods);
  });

  it("is read with any ends of lines and lines across blocks", () => {
    const many = Array.from({ length: 5_000 }, (_, n) => ({ ...ann, user: `p-ü-${n}` }));
    put([header, ...many, end(5_000, 5_000, 0)].map((line) => `${JSON.stringify(line)}\r`));
    assert.deepEqual(
      read().people.map(({ user }) => user),
      many.map(({ user }) => user),
    );
  });

  const refused: [string, InventoryErrorCode, number, readonly unknown[], string?][] = [
    ["one without its end", "incomplete", 0, whole.slice(0, -1)],
    ["a line that broke off", "incomplete", 3, [header, ann, '{"user":"p-b'], ""],
    ["an end that says more people", "incomplete", 5, [header, ann, ben, cleo, end(4, 3, 1)]],
    ["an end that says fewer passkeys", "incomplete", 5, [header, ann, ben, cleo, end(3, 2, 1)]],
    ["something after the end", "line", 6, [...whole, ann]],
    ["a line that is no JSON", "line", 2, [header, "{", end(0, 0, 0)]],
    ["a person without groups", "line", 2, [header, { user: "p" }, end(1, 0, 1)]],
    ["passkeys that are no list", "line", 2, [header, { ...ann, passkeys: {} }, end(1, 0, 1)]],
    ["an AAGUID that is none", "line", 2, [header, { ...ann, passkeys: [{ aaguid: "x" }] }, end(1, 1, 0)]],
    ["flags that are none", "line", 2, [header, { ...ann, enabled: "yes" }, end(1, 1, 0)]],
    ["another tenant's", "otherTenant", 1, [{ ...header, tenant: KEY }, end(0, 0, 0)]],
    ["a newer version", "format", 1, [{ ...header, version: 3 }, end(0, 0, 0)]],
    ["another format", "format", 1, [{ ...header, format: "entra-passkeys-names" }, end(0, 0, 0)]],
    ["a header that lacks a part", "format", 1, [{ ...header, groups: undefined }, end(0, 0, 0)]],
    ["one that has expired", "age", 1, [{ ...header, expires: header.created }, end(0, 0, 0)]],
    ["one from the future", "age", 1, [{ ...header, created: "2026-06-02T00:00:00Z" }, end(0, 0, 0)]],
  ];
  for (const [title, code, line, content, ending] of refused) {
    it(`refuses ${title}`, () => {
      put(content, ending);
      assert.throws(read, (error: Error) => {
        assert.ok(error instanceof InventoryError, String(error));
        assert.deepEqual([error.code, error.line, error.path], [code, line, path()], error.message);
        return true;
      });
    });
  }

  it("refuses one that is too old, with its age, and takes it where that is allowed", () => {
    put(whole);
    assert.throws(() => read({ now: START + 25 * 3_600_000 }), /is 25 hours old, and at most 24 are allowed/);
    assert.equal(read({ now: START + 25 * 3_600_000, maxAge: 48 }).ageHours, 25);
  });

  it("names the command that goes on where it is incomplete", () => {
    put(whole.slice(0, -1));
    assert.throws(read, /entra-passkeys inventory --out .*passkeys\.jsonl`/);
  });

  it("gives the planner registrations, and an unknown one for whom was not read", () => {
    put(whole);
    assert.deepEqual(registrationsOf(read()), [
      { id: "p-ann#0", user: "p-ann", groups: [NURSES], aaguid: KEY, passkeyType: "deviceBound" },
      { id: "p-ben#0", user: "p-ben", groups: [NURSES], nested: [NURSES], passkeyType: "hybrid" },
      { id: "p-ben#1", user: "p-ben", groups: [NURSES], nested: [NURSES], aaguid: PHONE },
      { id: "p-cleo#unread", user: "p-cleo", groups: [] },
    ]);
  });

  it("tells of which targets it cannot say who is meant", () => {
    put(whole);
    const inventory = read();
    const uncovered = (include: string[], exclude: string[] = []) => uncoveredTargets(inventory, { include, exclude });
    assert.deepEqual(uncovered([NURSES.toUpperCase()], [EXCLUDED]), []);
    assert.deepEqual(uncovered(["all_users", WARD, EXCLUDED], [WARD, NURSES]), ["all_users", WARD, EXCLUDED]);
    const everyone = { ...inventory, scope: "everyone" as const };
    assert.deepEqual(uncoveredTargets(everyone, { include: ["all_users", EXCLUDED] }), []);
    assert.deepEqual(uncoveredTargets(everyone, { include: [WARD] }), [WARD]);
    assert.deepEqual(uncoveredTargets({ people: [], scope: "everyone" }, { include: [WARD] }), []);
  });
});
