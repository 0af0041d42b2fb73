import assert from "node:assert/strict";

import { planFacets } from "../../provider/dist/policy/index.js";
import type { FacetValue, PlanOptions } from "../../provider/dist/policy/index.js";
import {
  allow,
  assertRefused,
  bodiesOf,
  bodyOf,
  DEFAULT_ID,
  frozen,
  include,
  KEY_A,
  KEY_B,
  LOOSE_ID,
  NURSES,
  profile,
  profilePolicy,
  STRICT_ID,
  STUDENTS,
} from "./util.ts";

describe("planFacets", () => {
  const tenant = profilePolicy([profile(STRICT_ID), profile(LOOSE_ID)], {
    includeTargets: [
      include("all_users", DEFAULT_ID),
      include(STUDENTS, STRICT_ID),
      include(NURSES, DEFAULT_ID, STRICT_ID),
    ],
  });
  const plan = (wanted: Record<string, FacetValue>, options: PlanOptions = {}, verbatim = false) =>
    planFacets(frozen(tenant), { facets: new Map(Object.entries(wanted)), verbatim }, options);
  const gone = { [`profile/${STRICT_ID}`]: null };
  const untargeted = { [`include/${STUDENTS}`]: null, [`include/${NURSES}`]: { profiles: ["default"] } };
  const left = [profile(DEFAULT_ID), profile(LOOSE_ID)];

  it("takes a profile off its targets before it removes it", () => {
    const [first, second] = bodiesOf(plan({ ...gone, ...untargeted }), "untarget", "remove");
    assert.deepEqual(first, { includeTargets: [include("all_users", DEFAULT_ID), include(NURSES, DEFAULT_ID)] });
    assert.deepEqual(second, { passkeyProfiles: left });
  });

  it("changes everything else in the step that takes the targets off", () => {
    const rename = { [`profile/${LOOSE_ID}`]: { name: "New" }, state: "disabled" };
    const [first, second] = bodiesOf(plan({ ...gone, ...untargeted, ...rename }), "untarget", "remove");
    const renamed = [profile(DEFAULT_ID), profile(LOOSE_ID, { name: "New" })];
    assert.deepEqual(first!.passkeyProfiles, [renamed[0], profile(STRICT_ID), renamed[1]]);
    assert.equal(first!.state, "disabled");
    assert.deepEqual(second, { passkeyProfiles: renamed });
  });

  it("removes a profile that no target names in one step", () =>
    assert.deepEqual(bodyOf(plan({ [`profile/${LOOSE_ID}`]: null })), {
      passkeyProfiles: [profile(DEFAULT_ID), profile(STRICT_ID)],
    }));

  it("refuses to remove a profile that a target goes on naming", () => {
    assertRefused(plan({ ...gone, [`include/${STUDENTS}`]: null }), "missingProfile");
  });

  it("replaces a targeted profile at the profile limit in one step, and says the risk", () => {
    const added = KEY_A;
    const fresh = Object.fromEntries(
      Object.entries({
        passkeyTypes: "synced",
        attestationEnforcement: "disabled",
        isEnforced: false,
        enforcementType: "allow",
        aaGuids: [],
      }).map(([part, value]) => [`profile/${added}/${part}`, value]),
    );
    const wanted = { ...gone, ...untargeted, [`profile/${added}`]: { name: "New" }, ...fresh };
    const tight = plan(wanted);
    assert.deepEqual(
      (bodyOf(tight).passkeyProfiles as { id: string }[]).map(({ id }) => id),
      [DEFAULT_ID, LOOSE_ID, added],
    );
    assert.match(tight.steps[0]?.risk ?? "", /no room/);
    bodiesOf(plan(wanted, { limits: { profiles: 4 } }), "untarget", "remove");
  });

  it("takes the targets off in the window, and removes the profile in the release", () => {
    const wanted = { ...gone, ...untargeted, [`profile/${LOOSE_ID}/aaGuids`]: [KEY_B] };
    const steps = bodiesOf(
      plan(wanted, { toggle: "enforceFirst", limits: { profiles: 4 } }),
      "enforceWindow",
      "release",
    );
    const ids = steps.map(({ passkeyProfiles }) => (passkeyProfiles as { id: string }[]).map(({ id }) => id));
    assert.deepEqual(ids, [
      [DEFAULT_ID, STRICT_ID, LOOSE_ID],
      [DEFAULT_ID, LOOSE_ID],
    ]);
    assert.deepEqual(
      steps.map((body) => "includeTargets" in body),
      [true, false],
    );
  });

  it("refuses the end of the default profile", () =>
    assertRefused(plan({ "profile/default": null }), "defaultProfile"));

  it("restores lists verbatim", () => {
    const list = [KEY_B, KEY_A, KEY_B.toUpperCase()];
    const body = bodyOf(
      plan({ [`profile/${LOOSE_ID}/aaGuids`]: list, [`profile/${LOOSE_ID}/isEnforced`]: true }, {}, true),
    );
    assert.deepEqual((body.passkeyProfiles as typeof left)[2]?.keyRestrictions, allow(...list));
  });

  it("writes nothing while the mode is unknown, and does nothing if nothing is wanted", () => {
    assertRefused(planFacets({}, { facets: new Map([["state", "enabled"]]) }), "unknownMode");
    assert.deepEqual(planFacets({}, { facets: new Map() }).refusals, []);
  });
});
