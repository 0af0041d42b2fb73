import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Answer } from "../../provider/dist/doctor/answer.js";
import { checkLicences } from "../../provider/dist/doctor/licences.js";
import { NEEDS, PROBES, type Probe } from "../../provider/dist/doctor/needs.js";
import { checkPermissions, type PermissionFacts } from "../../provider/dist/doctor/permissions.js";
import { badOf, checkForm, found } from "./util.ts";

const refused: Answer<never> = { kind: "permission", reason: "reading was answered with 403" };
const unlicensed: Answer<never> = { kind: "licence", reason: "reading was answered with 403" };
const late: Answer<never> = { kind: "other", reason: "reading failed" };
const all = (answer: Answer<unknown>) =>
  Object.fromEntries(PROBES.map((probe) => [probe, answer])) as Record<Probe, Answer<unknown>>;
const granted = (...permissions: string[]) => ({ user: false, permissions });
const LEAST = [...new Set(NEEDS.map(({ permissions }) => permissions[0]!))];

function check(facts: Partial<PermissionFacts>) {
  const defaults: PermissionFacts = {
    purposes: ["read", "write", "inventory"],
    token: granted(...LEAST),
    probes: all({ value: undefined }),
  };
  const findings = checkPermissions({ ...defaults, ...facts });
  checkForm(findings);
  return findings;
}

describe("checkPermissions", () => {
  it("finds nothing wrong with the least permissions", () => {
    const findings = check({});
    assert.deepEqual(badOf(findings), []);
    assert.equal(findings.length, NEEDS.length);
    assert.ok(findings.every(({ severity }) => severity === "ok"));
  });

  it("takes a higher permission for the lower one, whatever its letter case", () => {
    const higher = granted(...LEAST.filter((one) => one !== "GroupMember.Read.All"), "group.readwrite.all");
    const { groups: _groups, ...probes } = all({ value: undefined });
    found(
      check({ token: higher, probes }),
      "reading groups and their members",
      /Group\.ReadWrite\.All is granted/,
      "ok",
    );
  });

  it("makes of what is missing an error, a warning or information, by what is wanted", () => {
    const token = granted();
    const of = (purposes: PermissionFacts["purposes"], subject: string) =>
      found(check({ purposes, token, probes: all(refused) }), subject, /missing/).severity;
    assert.deepEqual(
      [
        of(["read"], "reading the passkey policy"),
        of(["read"], "writing the passkey policy"),
        of(["write"], "writing the passkey policy"),
        of(["read"], "reading groups and their members"),
        of(["inventory"], "reading groups and their members"),
        of(["inventory"], "reading Conditional Access"),
        of(["write"], "reading who has which passkeys"),
        of(["inventory"], "reading who has which passkeys"),
      ],
      ["error", "info", "error", "warning", "error", "info", "warning", "error"],
    );
  });

  it("names the least permission, and the user's role where a user signed in", () => {
    const facts = { probes: all(refused), purposes: ["read"] as const };
    const app = found(check({ ...facts, token: granted() }), "reading the passkey policy", /missing/);
    assert.match(app.next ?? "", /application permission Policy\.Read\.AuthenticationMethod and admin consent/);
    assert.doesNotMatch(app.next ?? "", /role/);
    const user = found(
      check({ ...facts, token: { user: true, permissions: [] } }),
      "reading the passkey policy",
      /missing/,
    );
    assert.match(user.next ?? "", /delegated permission .*role/);
  });

  it("needs the report for everyone where an inventory of everyone is wanted", () => {
    const facts = { purposes: ["inventory"] as const, token: granted(), probes: all(refused) };
    found(check({ ...facts, everyone: true }), "reading the registration report", /missing/, "error");
    found(check({ ...facts, everyone: false }), "reading the registration report", /missing/, "warning");
  });

  it("needs to write strengths only where a program has one", () => {
    const token = granted("Policy.Read.AuthenticationMethod");
    const subject = "writing authentication strengths";
    found(check({ token }), subject, /missing/, "info");
    found(check({ token, resources: new Set(["PasskeyPolicy"]) }), subject, /missing/, "info");
    found(check({ token, resources: new Set(["PasskeyAuthenticationStrength"]) }), subject, /missing/, "error");
  });

  it("believes what Graph answers more than the token", () => {
    const subject = "reading the passkey policy";
    found(check({ token: granted() }), subject, /^Graph answers it$/, "ok");
    const recent = found(check({ probes: all(refused) }), subject, /is in the token, and yet/, "error");
    assert.match(recent.next ?? "", /take effect/);
  });

  it("tells a licence from a permission, and calls neither what could not be asked", () => {
    const subject = "reading the registration report";
    found(check({ probes: all(unlicensed) }), subject, /lacks the licence/, "info");
    found(check({ probes: all(late) }), subject, /^not known/, "warning");
    found(check({ probes: all(late), purposes: ["read"] }), "reading the passkey policy", /^not known/, "warning");
  });

  it("does not know what neither token nor answer tells", () => {
    const findings = check({ token: undefined, probes: {} });
    assert.ok(findings.every(({ severity, says }) => severity !== "ok" && /not known/.test(says)));
  });

  it("warns of permissions that take a tenant over, and names those that are not needed", () => {
    const far = check({ token: granted(...LEAST, "RoleManagement.ReadWrite.Directory", "Mail.Read") });
    found(far, "least privilege", /^RoleManagement.ReadWrite.Directory:/, "warning");
    found(far, "least privilege", /^Mail\.Read: not needed/, "info");
    const read = check({ purposes: ["read"] });
    found(read, "least privilege", /Policy\.ReadWrite\.AuthenticationMethod.*not needed for read$/, "info");
    assert.ok(
      check({ token: { user: true, permissions: ["Mail.Read"] } }).every(
        ({ subject }) => subject !== "least privilege",
      ),
    );
  });

  it("looks at the roles of a user, and at none of an application", () => {
    const [admin, reader] = ["0526716b-113d-4c15-b2c8-68e3c22b9f80", "F2EF992C-3AFB-46B9-B7CF-A126EE74C451"];
    const of = (purposes: PermissionFacts["purposes"], ...roleIds: string[]) =>
      found(check({ purposes, token: { user: true, permissions: LEAST, roleIds } }), "roles", /./);
    assert.equal(of(["write"], admin).severity, "ok");
    assert.equal(of(["read"], reader, "x").says, "Global Reader, 1 other");
    assert.match(of(["write"], reader).next ?? "", /Authentication Policy Administrator/);
    assert.match(of(["read"]).says, /^none is active: /);
    found(check({ token: { user: true, permissions: LEAST } }), "roles", /does not say/, "info");
    assert.ok(check({}).every(({ subject }) => subject !== "roles"));
  });

  it("has every least permission in the documentation", () => {
    const page = readFileSync(join(import.meta.dirname, "../../docs/cli/doctor.md"), "utf8");
    for (const { permissions } of NEEDS) assert.ok(page.includes(`\`${permissions[0]}\``), permissions[0]);
  });
});

describe("checkLicences", () => {
  const check = (...args: Parameters<typeof checkLicences>) => {
    const findings = checkLicences(...args);
    checkForm(findings);
    return found(findings, "Entra ID P1", /./);
  };

  it("goes by how the report is answered, and knows nothing without it", () => {
    assert.equal(check({ value: [] }, ["read"], true).severity, "ok");
    assert.equal(check(refused, ["inventory"], true).severity, "info");
    assert.equal(check(unlicensed, ["inventory"], true).severity, "error");
    assert.equal(check(unlicensed, ["inventory"], false).severity, "warning");
    assert.equal(check(unlicensed, ["read", "write"], true).severity, "warning");
  });
});
