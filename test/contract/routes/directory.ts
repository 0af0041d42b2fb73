import { anyObject, group, servicePrincipal, user } from "../published/directory.ts";
import type { Structure } from "../shape/type.ts";
import type { World } from "../world.ts";
import { NOBODY, type Row } from "./row.ts";

const EVENTUAL = { headers: { ConsistencyLevel: "eventual" } };
const CAST = ":cast{microsoft\\.graph\\..+}";
const KINDS: Record<string, Structure> = { user, group, servicePrincipal };

const newGroup = (changes: object = {}): object => ({
  displayName: "Contract",
  mailEnabled: false,
  mailNickname: "contract",
  securityEnabled: true,
  ...changes,
});

/** The first group and user, and the largest group. */
function people({ tenant }: World) {
  const groups = tenant.groups.list();
  const [user] = tenant.users.list();
  const size = (id: string) => tenant.members.list(id).length;
  const [largest] = [...groups].sort((a, b) => size(b.id) - size(a.id));
  if (user === undefined || largest === undefined) {
    throw new Error(`${tenant.displayName} has no user or no group`);
  }
  return { groups, user, largest };
}

async function make(world: World, changes: object = {}): Promise<string> {
  const body = await world.ask("POST /groups", "/groups", { status: 201, shape: group }, { body: newGroup(changes) });
  return String(body["id"]);
}

/** A list with everything that the page of a directory's list offers. */
async function askList(world: World, route: string, path: string, list: Structure): Promise<void> {
  await world.ask(route, path, { status: 200, list });
  const select = ["id", "displayName"];
  await world.ask(route, `${path}?$select=${select.join()}&$top=2`, { status: 200, list, select });
  await world.ask(route, `${path}?$count=true&$top=999`, { status: 200, list, counted: true }, EVENTUAL);
  await world.ask(route, `${path}?$top=1000`, { status: 400 });
  await world.ask(route, `${path}?$select=nonsense`, { status: 400 });
  await world.ask(route, `${path}?$unheardOf=1`, { status: 501 });
}

const groupRows: Row[] = [
  {
    route: "GET /groups",
    async ask(world, route) {
      await askList(world, route, "/groups", group);
      const filter = encodeURIComponent("startswith(displayName,'a')");
      await world.ask(route, `/groups?$filter=${filter}`, { status: 200, list: group });
      await world.ask(route, "/groups?$filter=nonsense", { status: 400 });
    },
  },
  {
    route: "POST /groups",
    async ask(world, route) {
      await make(world);
      await make(world, {
        "members@odata.bind": [`https://graph.microsoft.com/v1.0/directoryObjects/${people(world).user.id}`],
      });
      await make(world, { groupTypes: ["Unified"], mailEnabled: true, description: "All", visibility: "Private" });
      await world.ask(route, "/groups", { status: 400 }, { body: { displayName: "Contract" } });
    },
  },
  {
    route: "GET /groups/:id",
    async ask(world, route) {
      for (const { id } of people(world).groups) {
        await world.ask(route, `/groups/${id}`, { status: 200, shape: group });
      }
      const select = ["id", "allowExternalSenders", "securityEnabled", "proxyAddresses"];
      const path = `/groups/${people(world).largest.id}`;
      await world.ask(route, `${path}?$select=${select.join()}`, { status: 200, shape: group, select });
      const inBeta = ["id", "writebackConfiguration"];
      const expected = { status: 200, shape: group, select: inBeta } as const;
      const query = `$select=${inBeta.join()}`;
      await world.ask(route, `${path}?${query}`, world.version === "beta" ? expected : { status: 400 });
      await world.ask(route, `/groups/${NOBODY}`, { status: 404, code: "Request_ResourceNotFound" });
      await world.ask(route, "/groups/nonsense", { status: 400 });
    },
  },
  {
    route: "PATCH /groups/:id",
    async ask(world, route) {
      const id = await make(world);
      await world.ask(route, `/groups/${id}`, { status: 204 }, { body: { description: "Written" } });
      // What is answered on $select only stays so once it is set, and what is in beta only stays there.
      const hidden = { allowExternalSenders: true, writebackConfiguration: { isEnabled: false } };
      await world.ask(route, `/groups/${id}`, { status: 204 }, { body: hidden });
      await world.ask("GET /groups/:id", `/groups/${id}`, { status: 200, shape: group });
      await world.ask(route, `/groups/${NOBODY}`, { status: 404 }, { body: { description: "Written" } });
    },
  },
  {
    route: "DELETE /groups/:id",
    async ask(world, route) {
      const id = await make(world);
      await world.ask(route, `/groups/${id}`, { status: 204 });
      await world.ask(route, `/groups/${id}`, { status: 404 });
    },
  },
];

const linkRows: Row[] = ["members", "owners"].flatMap((relation): Row[] => [
  {
    route: `POST /groups/:id/${relation}/$ref`,
    async ask(world, route) {
      const path = `/groups/${await make(world)}/${relation}/$ref`;
      const link = (id: string) => ({ "@odata.id": `https://graph.microsoft.com/v1.0/directoryObjects/${id}` });
      await world.ask(route, path, { status: 204 }, { body: link(people(world).user.id) });
      // Graph calls it a bad request, not a conflict.
      await world.ask(route, path, { status: 400 }, { body: link(people(world).user.id) });
      await world.ask(route, path, { status: 404 }, { body: link(NOBODY) });
    },
  },
  {
    route: `DELETE /groups/:id/${relation}/:object/$ref`,
    async ask(world, route) {
      const { user: person } = people(world);
      const id = await make(world, { [`${relation}@odata.bind`]: [`directoryObjects/${person.id}`] });
      await world.ask(route, `/groups/${id}/${relation}/${person.id}/$ref`, { status: 204 });
      await world.ask(route, `/groups/${id}/${relation}/${person.id}/$ref`, { status: 404 });
    },
  },
]);

/** Lists of objects of several kinds, and of one kind with a cast. */
const relationRows: Row[] = [
  ...["members", "owners", "transitiveMembers", "memberOf", "transitiveMemberOf"].map(
    (name) => ["groups", name] as const,
  ),
  ...["memberOf", "transitiveMemberOf"].map((name) => ["users", name] as const),
].flatMap(([set, relation]): Row[] => [
  {
    route: `GET /${set}/:id/${relation}`,
    async ask(world, route) {
      const path = await relationPath(world, set, relation);
      await askList(world, route, path, anyObject);
      await world.ask(route, `/${set}/${NOBODY}/${relation}`, { status: 404 });
    },
  },
  {
    route: `GET /${set}/:id/${relation}/${CAST}`,
    async ask(world, route) {
      const path = await relationPath(world, set, relation);
      for (const kind of relation.endsWith("emberOf") ? ["group"] : Object.keys(KINDS)) {
        const list = KINDS[kind] as Structure;
        const cast = `${path}/microsoft.graph.${kind}`;
        await world.ask(route, `${cast}?$count=true`, { status: 200, list, counted: true }, EVENTUAL);
        const select = ["id", "displayName"];
        const query = `$count=true&$select=${select.join()}`;
        await world.ask(route, `${cast}?${query}`, { status: 200, list, counted: true, select }, EVENTUAL);
        if (!relation.startsWith("transitive")) {
          await world.ask(route, cast, { status: 200, list });
        }
      }
      await world.ask(route, `${path}/microsoft.graph.device`, { status: relation.startsWith("t") ? 400 : 501 });
    },
  },
]);

/** A group with one object of each kind in it, or a user in groups. */
async function relationPath(world: World, set: string, relation: string): Promise<string> {
  const { user: person, largest } = people(world);
  if (set === "users") {
    return `/users/${person.id}/${relation}`;
  }
  if (relation.endsWith("emberOf")) {
    await make(world, { "members@odata.bind": [`directoryObjects/${largest.id}`] });
    return `/groups/${largest.id}/${relation}`;
  }
  // The application of the token is an object of the directory as soon as there is a token.
  world.emulator.token(world.tenant.id);
  const ids = [person.id, largest.id, applicationId(world)];
  const binding = relation === "owners" ? "owners" : "members";
  const id = await make(world, { [`${binding}@odata.bind`]: ids.map((one) => `directoryObjects/${one}`) });
  return `/groups/${id}/${relation}`;
}

/** The object id of the application, which its token has. */
export function applicationId({ emulator, tenant }: World): string {
  const payload = emulator.token(tenant.id).split(".")[1] ?? "";
  return (JSON.parse(Buffer.from(payload, "base64url").toString()) as { oid: string }).oid;
}

const objectRows: Row[] = [
  {
    route: "GET /users",
    async ask(world, route) {
      await askList(world, route, "/users", user);
      const filter = encodeURIComponent(`userPrincipalName eq '${people(world).user.userPrincipalName}'`);
      await world.ask(route, `/users?$filter=${filter}`, { status: 200, list: user });
    },
  },
  {
    route: "GET /users/:id",
    async ask(world, route) {
      const { user: person } = people(world);
      await world.ask(route, `/users/${person.id}`, { status: 200, shape: user });
      await world.ask(route, `/users/${person.userPrincipalName}`, { status: 200, shape: user });
      const select = ["id", "userType", "accountEnabled", "createdDateTime", "proxyAddresses", "otherMails"];
      await world.ask(route, `/users/${person.id}?$select=${select.join()}`, { status: 200, shape: user, select });
      await world.ask(route, `/users/${NOBODY}`, { status: 404, code: "Request_ResourceNotFound" });
    },
  },
  {
    route: "GET /users/:id/manager",
    ask: (world, route) =>
      world.ask(route, `/users/${people(world).user.id}/manager`, { status: 404, code: "Request_ResourceNotFound" }),
  },
  {
    route: "POST /directoryObjects/getByIds",
    async ask(world, route) {
      const { user: person, largest } = people(world);
      const ids = [person.id, largest.id, applicationId(world), NOBODY];
      const path = "/directoryObjects/getByIds";
      await world.ask(route, path, { status: 200, list: anyObject }, { body: { ids } });
      await world.ask(route, path, { status: 200, list: anyObject }, { body: { ids, types: ["group"] } });
      await world.ask(route, path, { status: 400 }, { body: { ids: [] } });
    },
  },
  {
    route: "GET /directoryObjects/:id",
    async ask(world, route) {
      const { user: person, largest } = people(world);
      for (const id of [person.id, largest.id, applicationId(world)]) {
        await world.ask(route, `/directoryObjects/${id}`, { status: 200, shape: anyObject });
      }
      await world.ask(route, `/directoryObjects/${NOBODY}`, { status: 404 });
    },
  },
];

export const directoryRows: Row[] = [...groupRows, ...linkRows, ...relationRows, ...objectRows];
