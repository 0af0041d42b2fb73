import assert from "node:assert/strict";
import { checkFirstKey } from "../../provider/dist/doctor/firstKey.js";
import { readAccess, type FirstKeyDocuments } from "../../provider/dist/policy/access/index.js";
import type { Inventory } from "../../provider/dist/policy/index.js";
import {
  asks,
  BOOTSTRAP,
  documents,
  everywhere,
  KEYS_ONLY,
  pass,
  passkeys,
  registering,
} from "../policy/access/tenant.ts";
import { allow, block, include, LOOSE_ID, profile, STRICT_ID, STUDENTS } from "../policy/util.ts";
import { checkForm, found } from "./util.ts";

const GROUP = 'group "Pupils"';
function check(facts: FirstKeyDocuments, inventory?: Inventory) {
  const findings = checkFirstKey({ documents: facts, inventory, groupName: () => GROUP });
  checkForm(findings);
  return findings;
}
const without = (parts: object) => ({ ...documents(), ...parts });

describe("checkFirstKey", () => {
  it("is content where a pass opens the way", () => {
    found(check(documents()), GROUP, /^a first key can be registered; .*Temporary Access Pass/, "ok");
  });

  it("finds the deadlock: a key is needed to register the first one", () => {
    const { next } = found(check(documents([everywhere(asks(KEYS_ONLY))])), GROUP, /^nobody .*first key/, "error");
    assert.match(next ?? "", /registersecurityinfo/);
  });

  it("finds that nobody may register at all", () => {
    found(
      check(without({ policy: passkeys({ isSelfServiceRegistrationAllowed: false }) })),
      GROUP,
      /^nobody.*isSelfService/,
      "error",
    );
  });

  it("warns where a pass is off, because people may have another method", () => {
    const off = documents([], pass({ state: "disabled" }));
    const { next } = found(check(off), GROUP, /^only somebody who has another method/, "warning");
    assert.match(next ?? "", /Temporary Access Pass/);
  });

  it("does not know what could not be read", () => {
    found(check(without({ conditionalAccess: undefined })), GROUP, /not known/, "warning");
    found(check(without({ temporaryAccessPass: undefined })), GROUP, /not known/, "warning");
  });

  it("tries a key that the profile takes", () => {
    const listed = (restrictions: ReturnType<typeof allow>) =>
      check({ ...documents([]), policy: passkeys({}, { keyRestrictions: restrictions }) });
    found(
      listed(allow("2fc0579f-8113-47ea-b116-bb5a8db9202a", "90a3ccdf-635c-4729-a248-9b709135078f")),
      GROUP,
      /can be/,
      "ok",
    );
    found(listed(block("2fc0579f-8113-47ea-b116-bb5a8db9202a")), GROUP, /can be/, "ok");
    found(listed(allow()), GROUP, /no profile of the group accepts a key/, "error");
    const synced = passkeys({}, { passkeyTypes: "synced", attestationEnforcement: "disabled" });
    found(check({ ...documents([]), policy: synced }), GROUP, /can be/, "ok");
  });

  it("takes the best of several profiles", () => {
    const both = passkeys({
      passkeyProfiles: [profile(STRICT_ID, { keyRestrictions: allow() }), profile(LOOSE_ID)],
      defaultPasskeyProfile: STRICT_ID,
      includeTargets: [include(STUDENTS, STRICT_ID, LOOSE_ID)],
    });
    found(check({ ...documents([]), policy: both }), GROUP, /can be/, "ok");
  });

  it("has a line for each group, and warns where there is none", () => {
    found(check(without({ policy: passkeys({ includeTargets: [] }) })), "includeTargets", /includes nobody/, "warning");
    const two = passkeys({ includeTargets: [include(STUDENTS, STRICT_ID), include("all_users", STRICT_ID)] });
    assert.equal(check({ ...documents(), policy: two }).length, 2);
  });

  it("counts those of an inventory who have no key", () => {
    const people = [
      { user: "a", groups: [STUDENTS], passkeys: [] },
      { user: "b", groups: [STUDENTS], passkeys: [{ aaguid: "x" }] },
      { user: "c", groups: [], passkeys: [] },
    ];
    found(
      check(documents(), { people, scope: "everyone" }),
      GROUP,
      /\(1 of 2 people of the inventory have no passkey\)/,
    );
  });

  it("keeps to policies that are on", () => {
    const access = readAccess({ conditionalAccess: [registering(asks(BOOTSTRAP), { state: "disabled" })] });
    found(check(without(access)), GROUP, /can be/, "ok");
  });
});
