import assert from "node:assert/strict";
import { describeWithEngine, Stack, UNTHROTTLED } from "./stack.ts";

const KEY = "2fc0579f-8113-47ea-b116-bb5a8db9202a";
const OTHER = "a25342c0-3cdc-4414-8e46-f4807fca511c";

const program = (model: string, length = "") => `
const passes = new TemporaryAccessPassPolicy("pupils", {
  state: "enabled", isUsableOnce: true, includeTargets: ["Sales"], removedIncludeTargets: ["all_users"], ${length}
});
const keys = new PasskeyAuthenticationStrength("admins", { displayName: "Hardware keys", models: ["${model}"] });
exports.graphPath = keys.graphPath;
exports.aaguids = keys.allowedAAGUIDs.apply((list) => list.join());`;

describeWithEngine("Resources of other documents on the real engine", function () {
  this.timeout(180_000);

  it("preview, apply, stay without a request, update, show drift, come back when gone, and give back", async () => {
    await using stack = await Stack.create({ seed: "contoso-profiles", switches: UNTHROTTLED }, program(KEY));
    const tenant = stack.emulator.tenant();
    const now = () => JSON.stringify([tenant.method("TemporaryAccessPass"), tenant.authenticationStrengths.list()]);
    const strength = () => tenant.authenticationStrengths.get("Hardware keys");
    const before = now();
    const preview = await stack.preview();
    assert.match(preview, /TemporaryAccessPassPolicy pupils: +state: disabled -> enabled/);
    assert.match(preview, /PasskeyAuthenticationStrength admins: +is created/);
    assert.match(preview, new RegExp(`aaguids *: "${KEY}"`), "known at preview");
    assert.equal(now(), before);

    await stack.up();
    assert.equal(await stack.output("graphPath"), `/policies/authenticationStrengthPolicies/${strength().id}`);
    const mark = stack.requests().length;
    await stack.unchanged();
    assert.deepEqual(stack.requests(mark), []);
    await stack.unchanged("--refresh");
    assert.ok(stack.requests(mark).every((request) => request.startsWith("GET") || request === "POST token"));

    const { id } = strength();
    stack.program(program(OTHER, "defaultLength: 20"));
    await stack.up();
    assert.equal(strength().id, id);
    assert.deepEqual(strength().combinationConfigurations[0]!.allowedAAGUIDs, [OTHER]);
    assert.equal(tenant.method("TemporaryAccessPass")["defaultLength"], 20);

    tenant.setMethod("TemporaryAccessPass", { isUsableOnce: false });
    tenant.authenticationStrengths.update("Hardware keys", { allowedAaguids: [KEY] });
    const drift = await stack.preview("--refresh", "--diff");
    assert.match(drift, /isUsableOnce *: false => true/);
    assert.match(drift, /models/);
    await stack.up("--refresh");
    assert.equal(tenant.method("TemporaryAccessPass")["isUsableOnce"], true);
    assert.deepEqual(strength().combinationConfigurations[0]!.allowedAAGUIDs, [OTHER]);

    tenant.authenticationStrengths.remove("Hardware keys");
    await stack.up("--refresh");
    assert.notEqual(strength().id, id);
    await stack.unchanged("--refresh");
    await stack.destroy();
    assert.equal(now(), before);
  });
});
