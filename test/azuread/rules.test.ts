import assert from "node:assert/strict";
import fc from "fast-check";
import { authenticationStrengthPolicy } from "./authentication-strength.ts";
import { checkFields } from "./check.ts";
import { policyBody, policyOutputs } from "./conditional-access-body.ts";
import { conditionalAccessPolicy } from "./conditional-access.ts";
import { diffFields } from "./diff.ts";
import { group } from "./group.ts";
import { complete, inputsOf } from "./shape.ts";
import { UNKNOWN, type Field, type Fields, type Value, type Values } from "./types.ts";

/** Inputs that a program may give, unknown values among them where that is wanted. */
function arbitraryInputs(fields: Fields, unknown: boolean): fc.Arbitrary<Values> {
  const entries = Object.entries(fields).map(([name, field]) => {
    const known = arbitraryValue(field, unknown);
    const value = unknown ? fc.oneof({ weight: 5, arbitrary: known }, fc.constant<Value>(UNKNOWN)) : known;
    return [name, field.required ? value : fc.option(value, { nil: undefined })] as const;
  });
  return fc.record(Object.fromEntries(entries)) as fc.Arbitrary<Values>;
}

function arbitraryValue(field: Field, unknown: boolean): fc.Arbitrary<Value> {
  switch (field.kind) {
    case "block":
      return arbitraryInputs(field.fields, unknown) as fc.Arbitrary<Value>;
    case "flag":
      return fc.boolean();
    case "number":
      return fc.nat(24);
    case "text":
      if (field.oneOf !== undefined) return fc.constantFrom(...field.oneOf);
      return field.pattern === undefined
        ? fc.constantFrom(...(field.computed ? [] : [""]), "one", "two")
        : fc.constant("/policies/authenticationStrengthPolicies/1");
    case "list":
    case "set":
      return fc.uniqueArray(field.each === undefined ? fc.constantFrom("one", "two", "three") : fc.uuid(), {
        maxLength: 3,
      });
  }
}

const types = [group, authenticationStrengthPolicy, conditionalAccessPolicy];

describe("The stand-in for the azuread plugin", () => {
  for (const { token, fields } of types) {
    const name = token.split(":").at(-1)!;

    it(`plans nothing for a ${name} that is as its program says, whatever the order of sets`, () => {
      fc.assert(
        fc.property(arbitraryInputs(fields, false), (inputs) => {
          assert.deepEqual(checkFields(token, fields, inputs), []);
          const chosen = JSON.stringify(complete(fields, inputs, {})).replaceAll(UNKNOWN, "chosen by the service");
          const outputs = JSON.parse(chosen) as Values;
          for (const [key, field] of Object.entries(fields)) {
            if (field.kind === "set" && Array.isArray(outputs[key])) outputs[key] = [...outputs[key]].reverse();
          }
          assert.deepEqual(diffFields(fields, outputs, inputs), []);
          assert.deepEqual(diffFields(fields, outputs, inputsOf(fields, outputs, inputs)), []);
          assert.deepEqual(diffFields(fields, outputs, inputsOf(fields, outputs, undefined)), [], "after an import");
        }),
        { numRuns: 1000 },
      );
    });

    it(`plans something for a ${name} wherever its program does not know yet`, () => {
      fc.assert(
        fc.property(arbitraryInputs(fields, true), (inputs) => {
          assert.deepEqual(checkFields(token, fields, inputs), []);
          const known = JSON.parse(JSON.stringify(inputs).replaceAll(`"${UNKNOWN}"`, "null")) as Values;
          const outputs = complete(fields, known, {});
          const sessions = inputs.sessionControls as Values | undefined;
          fc.pre(!(sessions && typeof sessions === "object" && Object.values(sessions).every((value) => !value)));
          const unknown = JSON.stringify(inputs).includes(UNKNOWN);
          if (unknown) assert.notDeepEqual(diffFields(fields, outputs, inputs), []);
        }),
        { numRuns: 1000 },
      );
    });
  }

  it("reads from Graph what it has written there", () => {
    const { fields, check } = conditionalAccessPolicy;
    fc.assert(
      fc.property(arbitraryInputs(fields, false), (inputs) => {
        fc.pre(check!(inputs).length === 0);
        const session = inputs.sessionControls as Values | undefined;
        // Graph has how often only together with its unit.
        fc.pre(!session || (Boolean(session.signInFrequency) && Boolean(session.signInFrequencyPeriod)));
        const body = JSON.parse(JSON.stringify(policyBody(inputs))) as Record<string, unknown>;
        assert.deepEqual(diffFields(fields, policyOutputs({ ...body, id: "1" }), inputs), []);
      }),
      { numRuns: 1000 },
    );
  });

  it("names the property, the reason and itself for what it does not serve", () => {
    const failures = checkFields(group.token, group.fields, {
      displayName: "A",
      dynamicMembership: {},
      members: ["A"],
    });
    assert.deepEqual(
      failures.map(({ property }) => property),
      ["dynamicMembership", "members"],
    );
    assert.match(failures[0]!.reason, /azuread:index\/group:Group.*"dynamicMembership".*stand-in.*test\/azuread/);
    const nested = { conditions: { platforms: { includedPlatforms: ["all"] } } };
    const { token, fields } = conditionalAccessPolicy;
    const properties = checkFields(token, fields, nested).map(({ property }) => property);
    assert.ok(properties.includes("conditions.platforms"));
    assert.ok(properties.includes("displayName"));
  });

  it("replaces for what the real plugin replaces for", () => {
    const replaced = (fields: Fields, outputs: Values, inputs: Values) =>
      diffFields(fields, outputs, inputs)
        .filter(({ replaces }) => replaces)
        .map(({ path, kind }) => `${kind} ${path}`);
    const before = complete(group.fields, { displayName: "A", mailNickname: "a" }, {});
    const after = { displayName: "B", mailNickname: "b", assignableToRole: true };
    assert.deepEqual(replaced(group.fields, before, after), ["UPDATE mailNickname", "UPDATE assignableToRole"]);
    const filter = { filter: { mode: "include", rule: "r" } };
    const policy = (devices?: Value) => ({
      displayName: "A",
      state: "disabled",
      conditions: { applications: {}, clientAppTypes: ["all"], users: {}, ...(devices && { devices }) },
    });
    const { fields } = conditionalAccessPolicy;
    assert.deepEqual(replaced(fields, policy(filter), policy()), ["DELETE conditions.devices"]);
    assert.deepEqual(replaced(fields, policy(), policy(filter)), []);
  });
});
