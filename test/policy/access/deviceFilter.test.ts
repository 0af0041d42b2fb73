import assert from "node:assert/strict";
import fc from "fast-check";
import {
  blocks,
  checkWorkstationFilter,
  matchesRule,
  parseDeviceRule,
  readConditionalAccessPolicy,
} from "../../../provider/dist/policy/access/index.js";
import type { ConditionalAccessPolicy, Device } from "../../../provider/dist/policy/access/index.js";
import { codes } from "../util.ts";

const RUNS = { numRuns: Math.max(1_000, Number(process.env.FAST_CHECK_RUNS ?? 0)) };

const managed = { isRegistered: true, isManaged: true, isCompliant: true, isHybridJoined: false };
const PAW: Device = { ...managed, extensionAttributes: { extensionAttribute1: "PAW" } };
const LAPTOP: Device = { ...managed, extensionAttributes: { extensionAttribute1: "Kiosk" } };
const UNREGISTERED: Device = { isRegistered: false };
const UNTAGGED: Device = { ...managed, extensionAttributes: {} };
const UNMANAGED: Device = { isRegistered: true, isManaged: false, isCompliant: false, isHybridJoined: false };

const EQ = 'device.extensionAttribute1 -eq "PAW"';
const NE = 'device.extensionAttribute1 -ne "PAW"';

/** A policy that blocks, as Graph answers it. */
const block = (deviceFilter: unknown, grantControls: unknown = { operator: "OR", builtInControls: ["block"] }) =>
  readConditionalAccessPolicy({
    displayName: "From a PAW only",
    state: "enabledForReportingButNotEnforced",
    conditions: {
      users: { includeUsers: ["All"] },
      applications: { includeApplications: ["All"] },
      clientAppTypes: ["all"],
      devices: deviceFilter === null ? null : { deviceFilter },
    },
    grantControls,
  });

describe("blocks", () => {
  const table = [
    { mode: "exclude", rule: EQ, paw: "rejected", others: "accepted" },
    { mode: "include", rule: NE, paw: "rejected", others: "accepted" },
    { mode: "exclude", rule: NE, paw: "accepted", others: "rejected" },
    { mode: "include", rule: EQ, paw: "accepted", others: "rejected" },
  ];
  for (const { mode, rule, paw, others } of table) {
    const policy = block({ mode, rule });
    it(`${mode} with ${rule}: ${paw === "rejected" ? "the PAW alone gets through" : "the inverse"}`, () => {
      assert.equal(blocks(policy, PAW), paw);
      assert.equal(blocks(policy, LAPTOP), others);
      assert.equal(blocks(policy, UNREGISTERED), others);
      assert.equal(blocks(policy, UNTAGGED), others);
    });
  }

  it("blocks a device that nobody manages by exclude and -eq; with -ne Microsoft's table can be read both ways", () => {
    const tagged = { ...UNMANAGED, extensionAttributes: { extensionAttribute1: "PAW" } };
    for (const device of [UNMANAGED, tagged]) {
      assert.equal(blocks(block({ mode: "exclude", rule: EQ }), device), "accepted");
      assert.equal(blocks(block({ mode: "include", rule: NE }), device), "unknown");
    }
  });

  it("sees the tag of a device that is compliant or hybrid joined, too", () => {
    for (const seen of [{ isCompliant: true }, { isHybridJoined: true }]) {
      assert.equal(
        blocks(block({ mode: "exclude", rule: EQ }), { ...UNMANAGED, ...PAW, isManaged: false, ...seen }),
        "rejected",
      );
    }
  });

  it("blocks everywhere without a filter, and nowhere without a block", () => {
    assert.equal(blocks(block(null), PAW), "accepted");
    assert.equal(blocks(block({ mode: "exclude", rule: EQ }, { builtInControls: ["mfa"] }), LAPTOP), "rejected");
    assert.equal(blocks(block({ mode: "exclude", rule: EQ }, null), LAPTOP), "rejected");
  });

  it("does not take what could not be read for no", () => {
    for (const filter of [{ mode: "exclude" }, { mode: "sometimes", rule: EQ }, { rule: EQ }, "all of them"]) {
      assert.equal(blocks(block(filter), LAPTOP), "unknown", JSON.stringify(filter));
    }
    assert.equal(blocks(block({ mode: "exclude", rule: EQ }, "unread"), LAPTOP), "unknown");
    assert.equal(blocks(block({ mode: "exclude", rule: EQ }), undefined), "unknown");
    assert.equal(blocks(block({ mode: "exclude", rule: EQ }), {}), "unknown");
    assert.equal(
      blocks(block({ mode: "exclude", rule: EQ }), { isRegistered: true, extensionAttributes: {} }),
      "unknown",
    );
    assert.equal(blocks(block({ mode: "exclude", rule: EQ }), managed), "unknown");
  });
});

describe("matchesRule", () => {
  const cases: [rule: string, device: Device, expected: string][] = [
    ["device.extensionAttribute1 -startsWith 'PA'", PAW, "accepted"],
    ['device.extensionAttribute1 -notStartsWith "PA"', UNTAGGED, "accepted"],
    ['device.extensionAttribute1 -endsWith "W"', LAPTOP, "rejected"],
    ['device.extensionAttribute1 -contains "A"', PAW, "accepted"],
    ['device.extensionAttribute1 -in ["SAW", "PAW"]', PAW, "accepted"],
    ['device.extensionAttribute1 -notIn ["SAW", "PAW"]', UNREGISTERED, "accepted"],
    ['device.extensionAttribute1 -eq "paw"', PAW, "unknown"],
    ['DEVICE.ExtensionAttribute1 -EQ "PAW"', PAW, "accepted"],
    ['device.isCompliant -eq "True" and device.extensionAttribute1 -eq "PAW"', PAW, "accepted"],
    ["device.isCompliant -eq true", { ...PAW, isCompliant: false }, "rejected"],
    ['device.trustType -eq "ServerAD"', { ...PAW, isHybridJoined: true }, "accepted"],
    ['device.trustType -eq "ServerAD"', PAW, "unknown"],
    ['device.displayName -contains "PAW"', PAW, "unknown"],
    ['device.displayName -contains "PAW"', UNREGISTERED, "rejected"],
    ['device.favouriteColour -eq "PAW"', UNREGISTERED, "unknown"],
    ['device.extensionAttribute16 -eq "PAW"', UNREGISTERED, "unknown"],
    [`not (${EQ})`, LAPTOP, "accepted"],
    [`-not (${EQ})`, UNREGISTERED, "unknown"],
    [`not (not (${EQ}))`, UNREGISTERED, "rejected"],
    [`${EQ} or ${EQ} and not (${EQ})`, PAW, "accepted"],
    [`(${EQ} or ${EQ}) and not (${EQ})`, PAW, "rejected"],
  ];
  for (const [rule, device, expected] of cases) {
    it(`${rule} is ${expected} on ${JSON.stringify(device)}`, () => assert.equal(matchesRule(rule, device), expected));
  }

  it("reads nothing else", () => {
    const rules = [
      "",
      EQ.replace('"PAW"', "PAW"),
      EQ.replace("PAW", "P`AW"),
      EQ.replace("-eq", "-match"),
      `${EQ} and`,
      `(${EQ}`,
      `${EQ})`,
      `${EQ} ${EQ}`,
      "user.extensionAttribute1 -eq 'PAW'",
      "device -eq 'PAW'",
      "device.extensionAttribute1 -in 'PAW'",
      "device.extensionAttribute1 -eq null",
      Array.from({ length: 100 }, () => EQ).join(" or "),
    ];
    for (const rule of rules) {
      assert.equal(parseDeviceRule(rule), undefined, rule);
      assert.equal(matchesRule(rule, PAW), "unknown", rule);
    }
  });

  /** A rule with what it means, straight from the definitions, on a device of which everything is known and seen. */
  type Case = {
    readonly text: string;
    readonly holds: (tag: string | undefined, other: string | undefined) => boolean;
  };
  const tags = fc.constantFrom("PAW", "SAW", "P", "");
  const comparison = fc
    .tuple(fc.constantFrom(1, 2), fc.constantFrom("eq", "ne", "startsWith", "notStartsWith", "contains", "notIn"), tags)
    .map(([index, operator, value]): Case => {
      const literal = operator === "notIn" ? `["${value}", "Q"]` : `"${value}"`;
      return {
        text: `device.extensionAttribute${index} -${operator} ${literal}`,
        holds: (tag, other) => {
          const text = index === 1 ? tag : other;
          switch (operator) {
            case "eq":
              return text === value;
            case "ne":
              return text !== value;
            case "startsWith":
              return text !== undefined && text.startsWith(value);
            case "notStartsWith":
              return text === undefined || !text.startsWith(value);
            case "contains":
              return text !== undefined && text.includes(value);
            default:
              return text === undefined || ![value, "Q"].includes(text);
          }
        },
      };
    });
  const { rule: rules } = fc.letrec<{ rule: Case }>((tie) => ({
    rule: fc.oneof(
      { maxDepth: 4 },
      comparison,
      fc.tuple(tie("rule"), tie("rule")).map(([a, b]): Case => ({
        text: `(${a.text}) and (${b.text})`,
        holds: (...on) => a.holds(...on) && b.holds(...on),
      })),
      fc.tuple(tie("rule"), tie("rule")).map(([a, b]): Case => ({
        text: `(${a.text}) -or (${b.text})`,
        holds: (...on) => a.holds(...on) || b.holds(...on),
      })),
      tie("rule").map((a): Case => ({ text: `not (${a.text})`, holds: (...on) => !a.holds(...on) })),
    ),
  }));
  const values = fc.option(fc.constantFrom("PAW", "SAW", "Q", "XP"), { nil: undefined });

  it("agrees with the definitions where everything is known", () => {
    fc.assert(
      fc.property(rules, values, values, ({ text, holds }, tag, other) => {
        fc.pre(text.length <= 3072);
        const extensionAttributes = {
          ...(tag !== undefined && { extensionAttribute1: tag }),
          ...(other !== undefined && { ExtensionAttribute2: other }),
        };
        assert.equal(
          matchesRule(text, { ...managed, extensionAttributes }),
          holds(tag, other) ? "accepted" : "rejected",
        );
      }),
      RUNS,
    );
  });

  it("says no more of a device that is not known than of each device that it may be", () => {
    fc.assert(
      fc.property(rules, values, ({ text, holds }, tag) => {
        fc.pre(text.length <= 3072);
        const said = matchesRule(text, { isRegistered: true });
        if (said !== "unknown") assert.equal(said, holds(tag, tag) ? "accepted" : "rejected");
        const unregistered = matchesRule(text, UNREGISTERED);
        if (unregistered !== "unknown")
          assert.equal(unregistered, holds(undefined, undefined) ? "accepted" : "rejected");
      }),
      RUNS,
    );
  });
});

describe("checkWorkstationFilter", () => {
  const check = (mode: string, rule: string) => checkWorkstationFilter(block({ mode, rule }));

  it("takes exclude with -eq", () => {
    assert.deepEqual(check("exclude", EQ), { refusals: [], warnings: [] });
    assert.deepEqual(check("exclude", `${EQ} and device.isCompliant -eq "True"`), { refusals: [], warnings: [] });
    assert.deepEqual(check("exclude", 'device.extensionAttribute3 -in ["PAW", "SAW"]'), { refusals: [], warnings: [] });
  });

  it("refuses the inverted pairs, and names the devices", () => {
    for (const [mode, rule] of [["exclude", NE] as const, ["include", EQ] as const]) {
      const { refusals } = check(mode, rule);
      assert.deepEqual(new Set(codes(refusals)), new Set(["invertedFilter"]));
      const reasons = refusals.map(({ reason }) => reason).join("\n");
      assert.match(reasons, /would block a managed workstation that has the tag/);
      assert.match(reasons, /would let in a managed device without a tag/);
      assert.match(reasons, /would let in a device that is not registered/);
      for (const { place, reason, wayOut } of refusals) {
        assert.equal(place, "conditions.devices.deviceFilter");
        assert.ok(reason.includes(mode) && reason.includes(rule));
        assert.match(wayOut, /"exclude" with -eq/);
      }
    }
  });

  it("refuses a filter that lets in other tags", () => {
    const policy = block({ mode: "exclude", rule: 'device.extensionAttribute1 -contains ""' });
    const { refusals } = checkWorkstationFilter(policy, { extensionAttribute1: "PAW" });
    assert.deepEqual(codes(refusals), ["invertedFilter"]);
    assert.match(refusals[0]!.reason, /let in a managed device with another tag/);
  });

  it("warns of include with -ne: whether a device that nobody manages is blocked is not said", () => {
    const { refusals, warnings } = check("include", NE);
    assert.deepEqual([codes(refusals), codes(warnings)], [[], ["filterUnknown"]]);
    assert.match(warnings[0]!.reason, /nobody manages/);
  });

  it("warns of what it cannot read, and says nothing of other policies", () => {
    assert.deepEqual(codes(check("exclude", 'device.model -eq "PAW"').warnings), ["filterUnknown"]);
    assert.deepEqual(codes(check("exclude", "device.extensionAttribute1 -match 'P'").warnings), ["filterUnknown"]);
    const nothing = { refusals: [], warnings: [] };
    assert.deepEqual(checkWorkstationFilter(block(null)), nothing);
    assert.deepEqual(
      checkWorkstationFilter(block({ mode: "include", rule: EQ }, { builtInControls: ["mfa"] })),
      nothing,
    );
  });

  it("goes by the tag that a caller names", () => {
    const policy: ConditionalAccessPolicy = block({ mode: "exclude", rule: 'device.extensionAttribute1 -eq "SAW"' });
    assert.deepEqual(codes(checkWorkstationFilter(policy, { extensionAttribute1: "PAW" }).refusals), [
      "invertedFilter",
    ]);
  });
});
