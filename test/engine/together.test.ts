import assert from "node:assert/strict";
import { describeWithEngine, Stack, UNTHROTTLED } from "./stack.ts";

const GROUPS = ["Sales", "Executives", "Break-glass", "IT administrators", "Ward 1", "Ward 2", "Ward 3", "Ward 4"];
const KEY = "2fc0579f-8113-47ea-b116-bb5a8db9202a";
const OTHER = "a25342c0-3cdc-4414-8e46-f4807fca511c";
const THIRD = "e77e3c64-05e3-428b-8824-0cbeb04b829d";
const ADELE = "adele.vance@contoso.example";

const targets = GROUPS.map(
  (group, index) => `
new PasskeyPolicy("target${index}", { includeTargets: [{ group: "${group}", profiles: ["default"] }] });`,
).join("");

describeWithEngine("Several PasskeyPolicy resources on the real engine", function (this: Mocha.Suite) {
  this.timeout(120_000);
  let stack: Stack;

  const now = () => JSON.parse(JSON.stringify(stack.emulator.tenant().policy())) as object;
  const open = async (program: string) => {
    stack = await Stack.create({ seed: "contoso-profiles", switches: UNTHROTTLED }, program);
    for (const displayName of GROUPS.slice(4)) stack.emulator.tenant().groups.add({ displayName });
  };

  afterEach(() => stack[Symbol.asyncDispose]());

  it("are one PATCH where they arrive together, and one to give all back", async () => {
    await open(targets);
    const before = now();
    const output = await stack.up("--parallel", "16");
    assert.equal(stack.writes(), 1, output);
    assert.equal(stack.emulator.tenant().policy().includeTargets.length, 9);
    assert.match(output, /together with PasskeyPolicy target/);
    const mark = stack.requests().length;
    await stack.unchanged("--refresh");
    assert.deepEqual(stack.requests(mark), ["POST token", "GET policy"], "refresh of the whole stack is one GET");
    await stack.destroy("--parallel", "16");
    assert.equal(stack.writes(), 2);
    assert.deepEqual(now(), before);
  });

  it("never lock out by two changes what neither of them does alone", async () => {
    const list = (models: string[]) => `
new PasskeyPolicy("list", { profiles: { default: { keyRestrictions: { models: ${JSON.stringify(models)} } } } });`;
    const sales = (group: string) => `
new PasskeyPolicy("sales", {
  profiles: { sales: {
    name: "Sales", passkeyTypes: ["deviceBound"], attestationEnforcement: "registrationOnly",
    keyRestrictions: { isEnforced: true, enforcementType: "allow", models: ["${OTHER}"] },
  } },
  includeTargets: [{ group: "${group}", profiles: ["sales"] }],
});`;
    await open(list([KEY, THIRD]) + sales("Sales"));
    await stack.up("--parallel", "16");
    for (const aaGuid of [KEY, OTHER]) stack.emulator.tenant().passkeys.add(ADELE, { aaGuid });
    const first = stack.writes();
    stack.program(list([THIRD]) + sales("Executives"));
    assert.match(await stack.preview(), /1 reduced/, "each of them is harmless by itself");
    const refused = await stack.refused("up", "--yes", "--skip-preview", "--parallel", "16");
    assert.match(refused, /1 person would be locked out/);
    // Where they arrive one after the other, the first one goes ahead; where they arrive together, neither does.
    const { includeTargets, passkeyProfiles } = stack.emulator.tenant().policy();
    const listed = passkeyProfiles[0]!.keyRestrictions!.aaGuids.includes(KEY);
    const group = stack.emulator.tenant().groups.get("Sales").id;
    assert.ok(listed || includeTargets.some(({ id }) => id === group), "one of Adele's two keys works");
    assert.ok(stack.writes() <= first + 1);
  });
});
