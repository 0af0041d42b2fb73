import assert from "node:assert/strict";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { startEmulator, type Emulator } from "../../provider/dist/emulator/index.js";
import { authenticationStrengthPolicy } from "./authentication-strength.ts";
import { conditionalAccessPolicy } from "./conditional-access.ts";
import { getGroup } from "./get-group.ts";
import { group } from "./group.ts";
import { GraphError, signIn } from "./session.ts";
import { HalfCreatedError, type Graph, type Values } from "./types.ts";

const ID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

describe("What the stand-in for the azuread plugin asks of Graph", () => {
  const trusted = getCACertificates("default");
  let emulator: Emulator;
  let graph: Graph;

  beforeEach(async () => {
    const switches = { conditionalAccessRequestsPerSecond: 1000 };
    emulator = await startEmulator({ seed: "contoso-profiles", tls: "self-signed", switches });
    setDefaultCACertificates([...trusted, emulator.certificate!]);
    graph = await signIn(settings(), {});
  });

  afterEach(async () => {
    setDefaultCACertificates(trusted);
    await emulator.close();
  });

  const settings = () => {
    const { id, client } = emulator.tenant();
    const metadataHost = `localhost:${emulator.port}`;
    return { metadataHost, tenantId: id, clientId: client.id, clientSecret: client.secret };
  };

  /** What `work` asks for, as `GET /beta/groups/ID`. */
  async function asked(work: () => Promise<unknown>): Promise<string[]> {
    const from = emulator.audit.entries.length;
    await work();
    return emulator.audit.entries
      .slice(from)
      .map(({ method, path }) => `${method} ${decodeURIComponent(path.split("?")[0]!).replace(ID, "ID")}`);
  }

  const READ = [
    "GET /beta/groups/ID",
    "GET /beta/groups/ID/owners",
    "GET /beta/groups/ID/members",
    "GET /beta/groups/ID/memberOf",
  ];

  it("signs in once, by the addresses of the metadata", async () => {
    assert.deepEqual(await asked(() => signIn(settings(), {})), [
      "GET /metadata/endpoints",
      "POST /ID/oauth2/v2.0/token",
    ]);
    assert.equal(graph.base, `https://localhost:${emulator.port}`);
  });

  it("says what is missing to sign in", async () => {
    await assert.rejects(signIn({}, {}), /ARM_METADATA_HOSTNAME/);
    const { clientSecret: _, ...more } = settings();
    await assert.rejects(signIn(more, {}), /failed to load Azure credentials: clientSecret/);
  });

  it("asks for a group as the real one does", async () => {
    const [one, two] = emulator
      .tenant()
      .users.list()
      .map(({ id }) => id) as [string, string];
    const inputs: Values = { displayName: "Ward 7", securityEnabled: true, preventDuplicateNames: true };
    let id = "";
    let before: Values = {};
    const create = async () => {
      ({ id, outputs: before } = await group.create(graph, { ...inputs, owners: [one], members: [two] }));
    };
    const owner = "GET /v1.0/directoryObjects/ID";
    assert.deepEqual(await asked(create), [
      "GET /beta/groups",
      ...[owner, owner, owner],
      "POST /beta/groups",
      "PATCH /beta/groups/ID",
      "PATCH /beta/groups/ID",
      "POST /beta/groups/ID/members/$ref",
      ...READ,
    ]);
    assert.deepEqual([before.owners, before.members, before.displayName], [[one], [two], "Ward 7"]);
    assert.deepEqual(await asked(() => group.read(graph, id, before)), READ);
    const renamed = { ...inputs, displayName: "Ward 8", members: [one] };
    assert.deepEqual(await asked(() => group.update(graph, id, before, renamed)), [
      "GET /beta/groups",
      "PATCH /beta/groups/ID",
      "GET /beta/groups/ID/members",
      "DELETE /beta/groups/ID/members/ID/$ref",
      "POST /beta/groups/ID/members/$ref",
      ...READ,
    ]);
    assert.deepEqual(await asked(() => assert.rejects(group.create(graph, renamed), /already exists/)), [
      "GET /beta/groups",
    ]);
    assert.deepEqual(await asked(() => group.delete(graph, id)), ["GET /beta/groups/ID", "DELETE /beta/groups/ID"]);
    assert.deepEqual(await asked(() => group.delete(graph, id)), ["GET /beta/groups/ID"], "gone is gone");
    assert.equal(await group.read(graph, id, before), undefined);
  });

  it("makes the caller the owner of a group that names none", async () => {
    const { id } = await group.create(graph, { displayName: "Ward 7", securityEnabled: true });
    assert.deepEqual((await group.read(graph, id, {}))!.outputs.owners, [graph.caller]);
  });

  it("keeps what a failed create has made", async () => {
    const members = ["11111111-0000-4000-8000-00000000dead"];
    await assert.rejects(group.create(graph, { displayName: "Ward 7", members }), (error: Error) => {
      assert.ok(error instanceof HalfCreatedError);
      assert.match(error.existing.id, /^\/groups\//);
      assert.equal(error.existing.outputs.displayName, "Ward 7");
      return true;
    });
  });

  it("asks for a strength and a policy as the real one does", async () => {
    const combinations = { displayName: "Keys", allowedCombinations: ["fido2"] };
    const path = "/v1.0/policies/authenticationStrengthPolicies";
    let strength = "";
    let before: Values = {};
    const create = async () => {
      ({ id: strength, outputs: before } = await authenticationStrengthPolicy.create(graph, combinations));
    };
    assert.deepEqual(await asked(create), [`POST ${path}`, `GET ${path}/ID`]);
    const update = (change: Values) =>
      asked(() => authenticationStrengthPolicy.update(graph, strength, before, { ...combinations, ...change }));
    assert.deepEqual(await update({ description: "Hardware" }), [`PATCH ${path}/ID`, `GET ${path}/ID`]);
    assert.deepEqual(await update({ allowedCombinations: ["fido2", "windowsHelloForBusiness"] }), [
      `PATCH ${path}/ID`,
      `POST ${path}/ID/updateAllowedCombinations`,
      `GET ${path}/ID`,
    ]);

    const inputs: Values = {
      displayName: "Admins",
      state: "disabled",
      conditions: {
        applications: { includedApplications: ["All"] },
        clientAppTypes: ["all"],
        users: { includedUsers: ["All"] },
      },
      grantControls: { operator: "OR", authenticationStrengthPolicyId: strength },
    };
    const policies = "/v1.0/identity/conditionalAccess/policies";
    let policy = "";
    const createPolicy = async () => {
      const made = await conditionalAccessPolicy.create(graph, inputs);
      policy = made.id;
      assert.equal((made.outputs.grantControls as Values).authenticationStrengthPolicyId, strength);
    };
    assert.deepEqual(await asked(createPolicy), [`POST ${policies}`, `GET ${policies}/ID`]);
    const enabled = { ...inputs, state: "enabled" };
    assert.deepEqual(await asked(() => conditionalAccessPolicy.update(graph, policy, {}, enabled)), [
      `PATCH ${policies}/ID`,
      `GET ${policies}/ID`,
    ]);
    assert.deepEqual(await asked(() => conditionalAccessPolicy.delete(graph, policy)), [
      `GET ${policies}/ID`,
      `DELETE ${policies}/ID`,
    ]);
    assert.deepEqual(await asked(() => authenticationStrengthPolicy.delete(graph, strength)), [`DELETE ${path}/ID`]);
  });

  it("looks a group up by name, nickname and id", async () => {
    const known = emulator.tenant().groups.list()[0]!;
    const byName = { displayName: known.displayName, securityEnabled: true };
    assert.deepEqual(await asked(() => getGroup.invoke(graph, byName)), [
      "GET /beta/groups",
      "GET /beta/groups/ID/members",
      "GET /beta/groups/ID/owners",
    ]);
    assert.equal((await getGroup.invoke(graph, { objectId: known.id })).id, `/groups/${known.id}`);
    await assert.rejects(getGroup.invoke(graph, { objectId: known.id, securityEnabled: false }), /securityEnabled/);
    await assert.rejects(getGroup.invoke(graph, {}), /must be specified/);
    await assert.rejects(getGroup.invoke(graph, { ...byName, includeMembers: false }), /no argument "includeMembers"/);
  });

  it("asks again after a throttled request, and takes 403 for no absence", async () => {
    const { id } = emulator.tenant().groups.list()[0]!;
    emulator.faults.throttle({ kind: "group" }, { times: 1, retryAfter: 0 });
    assert.deepEqual(await asked(() => group.read(graph, `/groups/${id}`, {})), [READ[0], ...READ]);
    emulator.faults.status({ kind: "group" }, 403, { code: "Authorization_RequestDenied" });
    await assert.rejects(group.read(graph, `/groups/${id}`, {}), (error: Error) => {
      assert.ok(error instanceof GraphError);
      assert.match(error.message, /GET \/beta\/groups\/.*403.*Authorization_RequestDenied/);
      return true;
    });
  });
});
