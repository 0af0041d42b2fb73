import assert from "node:assert/strict";
import { findModel, selectModels } from "../../../provider/dist/catalogue/index.js";
import {
  policyProgram,
  stagePlan,
  stagePlanText,
  suggestAllowList,
  suggestionProgram,
  suggestionText,
} from "../../../provider/dist/policy/index.js";
import type { Fido2Policy, Person } from "../../../provider/dist/policy/index.js";
import { listCompromised } from "../impact/compromised.ts";
import { key, METHODS, only, open, person, without } from "../impact/tenant.ts";
import {
  ADMINS,
  allow,
  AUTHENTICATOR,
  block,
  DEFAULT_ID,
  include,
  KEY_A,
  KEY_B,
  LOOSE_ID,
  NURSES,
  profile,
  profilePolicy,
  STRICT_ID,
  STUDENTS,
} from "../util.ts";

const tenant = { methods: METHODS };
const having = (...models: string[]) => person({ passkeys: models.map((model) => key(model)) });
const suggest = (policy: Fido2Policy, people: readonly Person[]) =>
  suggestAllowList(policy, { people, scope: "everyone" }, { options: { tenant } });
const plan = (before: Fido2Policy, wanted: Fido2Policy, people: readonly Person[]) =>
  stagePlan(before, wanted, { people, scope: "everyone" }, { tenant });

/** A name in the catalogue that stands for several AAGUIDs. */
const shared = selectModels({}).find(({ name }, _, all) => all.filter((other) => other.name === name).length > 1)!;
const twins = selectModels({})
  .filter(({ name }) => name === shared.name)
  .map(({ aaguid }) => aaguid);

describe("suggestionText", () => {
  it("says why each model is listed, and warns of compromised ones", () => {
    const [bad] = listCompromised() as [string];
    const text = suggestionText(suggest(only(KEY_A, bad), [having(KEY_A), having(bad), without(person(), "passkeys")]));
    assert.match(text, /leaves everyone a key: 2 models \(no smaller one does\)\./);
    assert.match(text, new RegExp(`${KEY_A}.*: 1 person, who has no other$`, "m"));
    assert.match(text, new RegExp(`${bad}.*: 1 person, who has no other; revoked or reported as compromised`));
    assert.match(text, /^For 1 person no list can tell/m);
    assert.doesNotMatch(text, /Left out/);
  });

  it("does not call a list the smallest that was not proven to be", () => {
    const found = suggest(open(), [having(KEY_A), having(KEY_B)]);
    assert.match(suggestionText({ ...found, atLeast: 1 }), /2 models \(a smaller one may do, of at least 1 model\)/);
    assert.doesNotMatch(suggestionProgram({ ...found, atLeast: 1 }), /no smaller list/);
  });
});

describe("suggestionProgram", () => {
  it("takes a name only where it stands for nothing that is not on the list", () => {
    const part = suggestionProgram(suggest(open(), [having(twins[0]!)]));
    assert.match(part, new RegExp(`"${twins[0]}", // `));
    assert.ok(!part.includes(`${JSON.stringify(shared.name)},`));
    const whole = suggestionProgram(
      suggest(
        open(),
        twins.map((aaguid) => having(aaguid)),
      ),
    );
    assert.ok(whole.includes(`${JSON.stringify(shared.name)}, // `));
    for (const aaguid of twins) assert.equal(whole.split(aaguid).length, 2, "once, in the comment");
  });

  it("names an existing profile by its id", () => {
    const policy = profilePolicy([profile(DEFAULT_ID), profile(STRICT_ID, { name: "Pupils' keys, 2026" })], {
      includeTargets: [include(STUDENTS, STRICT_ID)],
    });
    assert.match(
      suggestionProgram(suggest(policy, [having(KEY_A)])),
      new RegExp(`pupilsKeys2026: \\{\\s+id: "${STRICT_ID}",`),
    );
  });
});

describe("policyProgram", () => {
  it("has every part of the policy, and takes away what is no longer there", () => {
    const before = open({
      includeTargets: [include("all_users", DEFAULT_ID), include(NURSES, DEFAULT_ID)],
      excludeTargets: [{ id: ADMINS, targetType: "group" }],
    });
    const wanted = profilePolicy(
      [
        profile(DEFAULT_ID, { keyRestrictions: block(AUTHENTICATOR[0]!) }),
        profile(STRICT_ID, { name: "Café", passkeyTypes: "deviceBound,synced", keyRestrictions: allow() }),
        profile(LOOSE_ID, { name: "cafe", attestationEnforcement: "registrationOnly" }),
      ],
      {
        includeTargets: [include(NURSES, STRICT_ID, LOOSE_ID)],
        excludeTargets: [{ id: STUDENTS, targetType: "group" }],
      },
    );
    let args: unknown;
    class PasskeyPolicy {
      constructor(_name: string, given: unknown) {
        args = given;
      }
    }
    const [, ...code] = policyProgram(wanted, before, ["a comment"]).split("\n");
    new Function("PasskeyPolicy", code.join("\n"))(PasskeyPolicy);
    const restrictions = { isEnforced: false, enforcementType: "allow", models: [] };
    assert.deepEqual(args, {
      state: "enabled",
      isSelfServiceRegistrationAllowed: true,
      profiles: {
        default: {
          passkeyTypes: ["deviceBound"],
          attestationEnforcement: "disabled",
          keyRestrictions: { isEnforced: true, enforcementType: "block", models: [findModel(AUTHENTICATOR[0]!)!.name] },
        },
        cafe: {
          id: STRICT_ID,
          name: "Café",
          passkeyTypes: ["deviceBound", "synced"],
          attestationEnforcement: "disabled",
          keyRestrictions: { isEnforced: true, enforcementType: "allow", models: [] },
        },
        cafe2: {
          id: LOOSE_ID,
          name: "cafe",
          passkeyTypes: ["deviceBound"],
          attestationEnforcement: "registrationOnly",
          keyRestrictions: restrictions,
        },
      },
      includeTargets: [{ group: NURSES, profiles: ["cafe", "cafe2"] }],
      excludeTargets: [STUDENTS],
      removedIncludeTargets: ["all_users"],
      removedExcludeTargets: [ADMINS],
    });
  });
});

describe("stagePlanText", () => {
  it("says that a harmless policy can be applied now", () => {
    assert.match(
      stagePlanText(plan(open(), only(KEY_A), [having(KEY_A)])),
      /^The wanted policy can be applied now: it strands nobody\.\n {2}of 1 person/,
    );
  });
  it("says that nothing can, and whom no passkey helps", () => {
    const text = stagePlanText(plan(open(), open({ state: "disabled" }), [having(KEY_A)]));
    assert.match(
      text,
      /^Nothing of it can be applied now\.\n\nBefore the rest:\n {2}1 person through all_users with .* \(else locked out\): no passkey of theirs will work/,
    );
  });
  it("says what is in the way, whoever does what", () => {
    const who = having(KEY_B);
    const breakGlass = { users: [who.user], groups: [] };
    const found = stagePlan(open(), only(KEY_A), { people: [who], scope: "everyone" }, { tenant, breakGlass });
    assert.match(stagePlanText(found), /^In the way, whoever does what:\n {2}breakGlass: the account/);
  });
  it("says which parts have to wait", () => {
    const before = open({ includeTargets: [include("all_users", DEFAULT_ID)] });
    const wanted = open({ includeTargets: [], isSelfServiceRegistrationAllowed: false });
    assert.match(
      stagePlanText(plan(before, wanted, [having(KEY_A)])),
      /^Can be applied now:\n {2}the wanted policy but for includeTargets\[all_users\]\n/,
    );
  });
  it("sums up the tail of a long list", () => {
    const people = Array.from({ length: 25 }, (_, index) =>
      having(`${String(index).padStart(8, "0")}-0000-4000-8000-000000000000`),
    );
    assert.match(stagePlanText(plan(open(), only(KEY_A), people)), /^ {2}and 5 people with other keys and groups$/m);
  });
});
