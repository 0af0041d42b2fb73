import assert from "node:assert/strict";
import { programOf } from "./program.ts";

const CONFIG = {
  studentsGroup: "Students",
  nursesGroup: "Nurses",
  adminsGroup: "Administrators",
  breakGlassGroup: "Break-glass",
  everyoneElseGroup: "Everyone else",
};

const POLICY = "entra:PasskeyPolicy personas";

describe("the root project", function () {
  this.timeout(30_000);

  it("declares the whole policy as one plan, within three profiles", async () => {
    const { profiles, includeTargets, removedIncludeTargets } = (await programOf("all-personas", CONFIG)).of(POLICY);
    assert.deepEqual(Object.keys(profiles as object).sort(), ["admins", "default", "students"]);
    assert.deepEqual(includeTargets, [
      { group: "id of Students", profiles: ["students"] },
      { group: "id of Nurses", profiles: ["default"] },
      { group: "id of Everyone else", profiles: ["default"] },
      { group: "id of Administrators", profiles: ["admins"] },
      { group: "id of Break-glass", profiles: ["admins"] },
    ]);
    assert.deepEqual(removedIncludeTargets, ["all_users"]);
  });

  it("gives nurses a profile of their own where the tenant may have a fourth one", async () => {
    const program = await programOf("all-personas", { ...CONFIG, profileLimit: "4" });
    const { profiles, includeTargets, profileLimit } = program.of(POLICY) as {
      profiles: Record<string, { keyRestrictions: { microsoftAuthenticator?: boolean } }>;
      includeTargets: { group: string; profiles: string[] }[];
      profileLimit: number;
    };
    assert.equal(profileLimit, 4);
    assert.equal(profiles["nurses"]!.keyRestrictions.microsoftAuthenticator, false);
    assert.deepEqual(includeTargets[1], { group: "id of Nurses", profiles: ["nurses"] });
  });

  it("has the Conditional Access of all three", async () => {
    const program = await programOf("all-personas", CONFIG);
    const names = program.all.filter((name) => /ConditionalAccessPolicy|Strength|TemporaryAccessPass/.test(name));
    assert.equal(names.length, 3 + 2 * 3 + 2 + 2 + 3);
  });
});
