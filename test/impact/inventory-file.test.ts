import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InventoryError, readInventoryFile, registrationsOf } from "../../provider/dist/impact/index.js";

const TENANT = "3d6e2b7c-0f48-4a7b-b1d5-9c8e4f6a2b02";
const AAGUID = "2fc0579f-8113-47ea-b116-bb5a8db9202a";
const now = Date.parse("2026-08-01T12:00:00Z");
const header = { tenant: TENANT, created: "2026-08-01T00:00:00Z" };
const passkey = { id: "k1", user: "u1", groups: ["g1"], aaguid: AAGUID.toUpperCase(), passkeyType: "deviceBound" };

describe("an inventory file of version 1", () => {
  let folder: string;
  before(() => void (folder = mkdtempSync(join(tmpdir(), "inventory-"))));
  after(() => rmSync(folder, { recursive: true, force: true }));

  const read = (lines: unknown[], rules: { tenantId?: string; maxAge?: number } = {}) => {
    const path = join(folder, "passkeys.jsonl");
    const text = lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line))).join("\r\n");
    writeFileSync(path, `${text}\n\n`);
    const inventory = readInventoryFile(path, { tenantId: TENANT, maxAge: 24, now, details: true, ...rules });
    return { ...inventory, registrations: registrationsOf(inventory) };
  };

  it("is read line by line, further members passed over", () => {
    const { registrations, created } = read([
      header,
      { ...passkey, model: "any" },
      { id: "k2", user: "u2", groups: [] },
    ]);
    assert.equal(created, header.created);
    assert.deepEqual(registrations, [
      { id: "k1", user: "u1", groups: ["g1"], aaguid: AAGUID, passkeyType: "deviceBound" },
      { id: "k2", user: "u2", groups: [] },
    ]);
  });

  it("takes its tenant in either letter case, and an AAGUID that was not readable", () => {
    const { registrations } = read([
      { ...header, tenant: TENANT.toUpperCase() },
      { ...passkey, aaguid: null },
    ]);
    assert.equal(registrations[0]?.aaguid, undefined);
  });

  const refused: [string, unknown[], RegExp][] = [
    ["an empty file", [""], /line 1, does not tell its tenant.*Make one with `entra-passkeys inventory`/],
    ["a file without a header", [passkey], /line 1, does not tell its tenant/],
    [
      "text that is not JSON",
      [header, "{"],
      /line 2, is not a passkey with id, user and groups\. Make the inventory again/,
    ],
    ["another tenant's", [{ ...header, tenant: AAGUID }], /is of the tenant 2fc0579f.*not of 3d6e2b7c.*this tenant\.$/],
    ["one that is too old", [{ ...header, created: "2026-07-31T11:00:00Z" }], /is 25 hours old.*24.*Make it again/],
    ["one that has expired", [{ ...header, expires: "2026-08-01T11:59:59Z" }], /has expired/],
    ["a time that cannot be read", [{ ...header, created: "yesterday" }], /time that cannot be read.*ISO 8601/],
    ["a passkey without a user", [header, { ...passkey, user: 1 }], /line 2, is not a passkey/],
    [
      "a malformed AAGUID",
      [header, passkey, { ...passkey, aaguid: "2fc" }],
      /line 3, has the AAGUID "2fc", which is none/,
    ],
  ];
  for (const [title, lines, says] of refused) {
    it(`refuses ${title}`, () => {
      assert.throws(
        () => read(lines),
        (error: Error) => {
          assert.ok(error instanceof InventoryError);
          assert.match(error.message, /^The inventory .*passkeys\.jsonl/);
          assert.match(error.message, says);
          return true;
        },
      );
    });
  }

  it("refuses a path without a file, and takes an older one where that is allowed", () => {
    const rules = { tenantId: TENANT, maxAge: 24, now };
    assert.throws(() => readInventoryFile(join(folder, "none"), rules), /cannot be read \(ENOENT\)\. Give the path/);
    assert.equal(read([{ ...header, created: "2026-07-31T11:00:00Z" }], { maxAge: 48 }).registrations.length, 0);
  });
});
