import assert from "node:assert/strict";
import { emulatorForEach, errorOf, send } from "./util.ts";

/** The requests that the azuread provider sends for groups and users, in its order. */
describe("the azuread provider's requests", () => {
  const shared = emulatorForEach();
  const call = (method: string, path: string, body?: object) =>
    send(shared.current, method, path, body === undefined ? {} : { body });
  const value = async (path: string) => {
    const { status, body } = await call("GET", path);
    assert.equal(status, 200, JSON.stringify(body));
    return body["value"] as Record<string, unknown>[];
  };
  const link = (id: string) => `${shared.current.url}/beta/directoryObjects/${id}`;
  /** The application's own object, as the token names it. */
  const self = () => {
    const [, payload = ""] = shared.current.token().split(".");
    return (JSON.parse(Buffer.from(payload, "base64url").toString()) as { oid: string }).oid;
  };

  it("create, read, change and delete a group", async () => {
    const member = shared.current.tenant().users.get("adele.vance@contoso.example").id;
    const owner =
      shared.current
        .tenant()
        .users.list()
        .find(({ id }) => id !== member)?.id ?? "";
    const found = await call("GET", `/v1.0/directoryObjects/${owner}`);
    assert.equal(found.body["@odata.type"], "#microsoft.graph.user");
    assert.deepEqual(await value("/beta/groups?$filter=displayName eq 'Nurses'"), []);

    const created = await call("POST", "/beta/groups", {
      "@odata.type": "#microsoft.graph.group",
      displayName: "Nurses",
      description: "On the wards",
      groupTypes: [],
      isAssignableToRole: false,
      mailEnabled: false,
      mailNickname: "nurses",
      securityEnabled: true,
      visibility: "Private",
      "owners@odata.bind": [link(self()), link(owner)],
    });
    assert.equal(created.status, 201);
    const id = String(created.body["id"]);
    const group = `/beta/groups/${id}`;
    for (const displayName of ["TERRAFORM_UPDATE_1", "Nurses"]) {
      assert.equal((await call("PATCH", group, { "@odata.type": "#microsoft.graph.group", displayName })).status, 204);
    }
    const body = { "@odata.id": link(member) };
    assert.equal((await call("POST", `${group}/members/$ref`, body)).status, 204);

    const read = (await call("GET", group)).body;
    assert.deepEqual(
      ["displayName", "description", "visibility", "securityEnabled", "isAssignableToRole"].map((name) => read[name]),
      ["Nurses", "On the wards", "Private", true, false],
    );
    assert.deepEqual([read["onPremisesProvisioningErrors"], read["proxyAddresses"], read["mail"]], [[], [], null]);
    assert.ok(!Object.keys(read).some((name) => name.includes("@odata.bind")));
    const owners = await value(`${group}/owners`);
    assert.deepEqual(
      new Map(owners.map((one) => [one["id"], one["@odata.type"]])),
      new Map([
        [self(), "#microsoft.graph.servicePrincipal"],
        [owner, "#microsoft.graph.user"],
      ]),
    );
    assert.deepEqual(
      (await value(`${group}/members`)).map((one) => [one["id"], one["@odata.type"]]),
      [[member, "#microsoft.graph.user"]],
    );
    assert.deepEqual(await value(`${group}/memberOf`), []);

    assert.equal((await call("DELETE", `${group}/members/${member}/$ref`)).status, 204);
    assert.equal((await call("POST", `${group}/members/$ref`, { "@odata.id": link(owner) })).status, 204);
    assert.deepEqual(
      (await value(`${group}/members`)).map((one) => one["id"]),
      [owner],
    );

    assert.equal((await call("DELETE", group)).status, 204);
    const gone = await call("GET", group);
    assert.deepEqual([gone.status, errorOf(gone.body).code], [404, "Request_ResourceNotFound"]);
  });

  for (const version of ["v1.0", "beta"]) {
    it(`look up groups and users in ${version}`, async () => {
      const sales = shared.current.tenant().groups.get("Sales");
      const filter = "displayName eq 'Sales' and mailEnabled eq false and securityEnabled eq true";
      const groups = await value(`/${version}/groups?$filter=${filter}`);
      assert.deepEqual(
        groups.map(({ id }) => id),
        [sales.id],
      );
      const extra = "allowExternalSenders,autoSubscribeNewMembers,hideFromAddressLists,hideFromOutlookClients";
      const unified = await call("GET", `/${version}/groups/${sales.id}?$select=${extra}`);
      assert.deepEqual([unified.status, unified.body["allowExternalSenders"]], [200, null]);

      const adele = shared.current.tenant().users.get("adele.vance@contoso.example");
      for (const filter of [`userPrincipalName eq '${adele.userPrincipalName}'`, "displayName eq 'Adele Vance'"]) {
        const select =
          "accountEnabled,id,mail,onPremisesImmutableId,onPremisesSamAccountName,userPrincipalName,userType";
        const users = await value(`/${version}/users?$filter=${filter}&$select=${select}`);
        assert.deepEqual(
          users.map(({ id, accountEnabled }) => [id, accountEnabled]),
          [[adele.id, true]],
        );
      }
      const user = await call("GET", `/${version}/users/${adele.userPrincipalName}`);
      assert.equal(user.body["id"], adele.id);
      const manager = await call("GET", `/${version}/users/${adele.id}/manager`);
      assert.deepEqual([manager.status, errorOf(manager.body).code], [404, "Request_ResourceNotFound"]);
    });
  }
});
