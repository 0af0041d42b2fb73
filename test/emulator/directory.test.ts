import assert from "node:assert/strict";
import { startEmulator } from "../../provider/dist/emulator/index.js";
import type { Emulator, GroupInput } from "../../provider/dist/emulator/index.js";
import { emulatorForEach, graphClient, rejectsWith, send } from "./util.ts";

interface Page {
  value: Record<string, unknown>[];
  "@odata.nextLink"?: string;
  "@odata.count"?: number;
  "@odata.context": string;
}

const NOBODY = "99999999-2222-4333-8444-555555555555";
const EVENTUAL = { ConsistencyLevel: "eventual" };

async function list(emulator: Emulator, path: string, headers: Record<string, string> = {}): Promise<Page> {
  const { status, body } = await send(emulator, "GET", `/v1.0${path}`, { headers });
  assert.equal(status, 200, JSON.stringify(body));
  return body as unknown as Page;
}

const names = (page: Page) => page.value.map(({ displayName }) => displayName);

describe("members", () => {
  const shared = emulatorForEach({ seed: "school-district" });
  const id = (name: string) => shared.current.tenant().groups.get(name).id;

  it("are listed with their types, direct or through nested groups", async () => {
    const direct = await list(shared.current, `/groups/${id("Staff")}/members`);
    assert.equal(direct.value.length, 5);
    assert.deepEqual(
      new Set(direct.value.map((member) => member["@odata.type"])),
      new Set(["#microsoft.graph.user", "#microsoft.graph.group"]),
    );
    const all = await list(shared.current, `/groups/${id("Staff")}/transitiveMembers`);
    assert.equal(all.value.length, 4 + 1 + 7);
    const users = await list(
      shared.current,
      `/groups/${id("Staff")}/transitiveMembers/microsoft.graph.user?$count=true&$select=id,accountEnabled`,
      EVENTUAL,
    );
    assert.equal(users["@odata.count"], 11);
    assert.deepEqual(Object.keys(users.value[0] ?? {}), ["id", "accountEnabled"]);
    const groups = await list(shared.current, `/groups/${id("Staff")}/members/microsoft.graph.group`);
    assert.deepEqual(names(groups), ["Teachers"]);
    assert.deepEqual(shared.current.tenant().members.users("Staff").length, 11);
  });

  it("survive groups that contain each other", async () => {
    const { members } = shared.current.tenant();
    members.add("Teachers", "Staff");
    const all = await list(shared.current, `/groups/${id("Staff")}/transitiveMembers`);
    assert.equal(new Set(all.value.map((member) => member["id"])).size, all.value.length);
    assert.equal(all.value.length, 4 + 7 + 2);
  });

  it("are found from the other side", async () => {
    const path = "/users/tara.quinn@northfield.example";
    assert.deepEqual(names(await list(shared.current, `${path}/memberOf`)), ["Teachers"]);
    assert.deepEqual(names(await list(shared.current, `${path}/transitiveMemberOf`)), ["Teachers", "Staff"]);
    assert.deepEqual(names(await list(shared.current, `/groups/${id("Teachers")}/memberOf`)), ["Staff"]);
  });

  it("lose their properties where the token may not read them", async () => {
    const token = shared.current.token(undefined, ["GroupMember.Read.All"]);
    const { body } = await send(shared.current, "GET", `/v1.0/groups/${id("Teachers")}/members`, { token });
    const [member] = (body as unknown as Page).value;
    assert.equal(member?.["@odata.type"], "#microsoft.graph.user");
    assert.ok(typeof member["id"] === "string");
    assert.equal(member["displayName"], null);
  });
});

describe("writes of groups", () => {
  const shared = emulatorForEach();
  const body = (changes: object = {}) => ({
    displayName: "New",
    mailEnabled: false,
    mailNickname: "new",
    securityEnabled: true,
    ...changes,
  });

  it("go through the calls of the azuread provider", async () => {
    const emulator = shared.current;
    const client = graphClient(emulator);
    const owner = emulator.tenant().users.get("adele.vance@contoso.example").id;
    const link = (object: string) => `${emulator.url}/beta/directoryObjects/${object}`;
    const api = (path: string) => client.api(path).version("beta");
    assert.equal(
      ((await api(`/directoryObjects/${owner}`).get()) as Record<string, string>)["@odata.type"],
      "#microsoft.graph.user",
    );
    const sent = body({ "owners@odata.bind": [link(owner)], visibility: "Private", classification: "high" });
    const created = (await api("/groups").post(sent)) as Record<string, string>;
    const path = `/groups/${created["id"]}`;
    assert.equal(created["visibility"], "Private");
    assert.equal(created["classification"], "high");
    await api(path).patch({ displayName: "TERRAFORM_UPDATE" });
    await api(path).patch({ displayName: "New" });
    await api(`${path}/members/$ref`).post({ "@odata.id": link(owner) });
    const again = api(`${path}/members/$ref`).post({ "@odata.id": link(owner) });
    const error = await rejectsWith(again, 400, "Request_BadRequest");
    assert.match(error.message, /already exist/);
    for (const relation of ["owners", "members"]) {
      const page = (await api(`${path}/${relation}`).get()) as Page;
      assert.deepEqual(names(page), ["Adele Vance"]);
    }
    assert.deepEqual(((await api(`${path}/memberOf`).get()) as Page).value, []);
    await api(`${path}/members/${owner}/$ref`).delete();
    await rejectsWith(api(`${path}/members/${owner}/$ref`).delete(), 404);
    await api(`${path}/owners/${owner}/$ref`).delete();
    await api(path).delete();
    await rejectsWith(api(path).get(), 404, "Request_ResourceNotFound");
  });

  it("refuse what is missing or leads nowhere", async () => {
    const client = graphClient(shared.current);
    for (const name of ["displayName", "mailEnabled", "mailNickname", "securityEnabled"]) {
      const error = await rejectsWith(client.api("/groups").post(body({ [name]: undefined })), 400);
      assert.ok(error.message.includes(`'${name}'`));
    }
    const link = { "@odata.id": `https://graph.microsoft.com/v1.0/directoryObjects/${NOBODY}` };
    const sales = shared.current.tenant().groups.get("Sales").id;
    await rejectsWith(client.api(`/groups/${sales}/members/$ref`).post(link), 404);
    await rejectsWith(client.api("/groups").post(body({ "members@odata.bind": [link["@odata.id"]] })), 404);
    await rejectsWith(client.api(`/groups/${NOBODY}`).patch({ displayName: "x" }), 404);
  });

  it("bind members and owners", async () => {
    const { tenant, url } = shared.current;
    const links = tenant()
      .users.list()
      .slice(0, 2)
      .map(({ id }) => `${url}/v1.0/users/${id}`);
    const client = graphClient(shared.current);
    const bound = { "members@odata.bind": links, "owners@odata.bind": links.slice(0, 1) };
    const { id } = (await client.api("/groups").post(body(bound))) as { id: string };
    assert.equal(((await client.api(`/groups/${id}/members`).get()) as Page).value.length, 2);
    assert.equal(((await client.api(`/groups/${id}/owners`).get()) as Page).value.length, 1);
  });
});

describe("users and directory objects", () => {
  const shared = emulatorForEach();

  it("are answered without userType and accountEnabled unless these are selected", async () => {
    const client = graphClient(shared.current);
    const user = (await client.api("/users/INFO@contoso.example").get()) as Record<string, unknown>;
    assert.equal(user["displayName"], "Info");
    assert.ok(!("accountEnabled" in user) && !("userType" in user));
    const selected = await client
      .api(`/users/${String(user["id"])}`)
      .select(["id", "accountEnabled", "userType"])
      .get();
    assert.deepEqual([selected.accountEnabled, selected.userType], [false, "Member"]);
    const guests = await list(shared.current, "/users?$filter=userType eq 'Guest'&$select=displayName");
    assert.deepEqual(names(guests), ["Ravi Guest"]);
    await rejectsWith(client.api("/users/nobody@contoso.example").get(), 404, "Request_ResourceNotFound");
  });

  it("are found by their ids, missing ones left out", async () => {
    const tenant = shared.current.tenant();
    const [user, group] = [tenant.users.get("info@contoso.example"), tenant.groups.get("Sales")];
    const client = graphClient(shared.current);
    const find = async (more: object) =>
      ((await client.api("/directoryObjects/getByIds").post({ ids: [user.id, NOBODY, group.id], ...more })) as Page)
        .value;
    assert.deepEqual(
      (await find({})).map((found) => found["@odata.type"]),
      ["#microsoft.graph.user", "#microsoft.graph.group"],
    );
    assert.deepEqual(
      (await find({ types: ["group"] })).map((found) => found["id"]),
      [group.id],
    );
    await rejectsWith(client.api("/directoryObjects/getByIds").post({ ids: [] }), 400);
    await rejectsWith(client.api(`/directoryObjects/${NOBODY}`).get(), 404);
  });
});

describe("TenantHandle", () => {
  it("edits the directory, by names or ids, and hands out copies", async () => {
    await using emulator = await startEmulator();
    const { groups, users, members } = emulator.tenant();
    const input: GroupInput = { displayName: "Night shift" };
    const group = groups.add(input);
    const user = users.add({ displayName: "José Núñez" });
    assert.equal(user.userPrincipalName, "jose.nunez@contoso.example");
    members.add("Night shift", user.userPrincipalName);
    members.add("Sales", "Night shift");
    assert.deepEqual(
      members.list("Night shift").map(({ id }) => id),
      [user.id],
    );
    groups.update("Night shift", { displayName: "Day shift" });
    users.update(user.id, { accountEnabled: false });
    assert.equal(users.get(user.userPrincipalName).accountEnabled, false);
    group.displayName = "changed outside";
    assert.equal(groups.get(group.id).displayName, "Day shift");
    members.remove(group.id, user.id);
    users.remove(user.id);
    groups.remove("Day shift");
    assert.throws(() => groups.get(group.id), /has no group/);
    assert.throws(() => users.get(user.id), /has no user/);
    assert.throws(() => members.add("Sales", "nobody"), /has no group "nobody"/);
    assert.throws(
      () => users.add({ displayName: "Info", userPrincipalName: "INFO@contoso.example" }),
      /exists already/,
    );
    groups.add({ displayName: "Twin" });
    groups.add({ displayName: "Twin" });
    assert.throws(() => groups.get("Twin"), /2 groups are named "Twin"/);
    assert.equal(groups.list().filter(({ displayName }) => displayName === "Twin").length, 2);
  });
});
