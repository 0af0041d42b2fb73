import { Hono } from "hono";
import { graphErrors } from "../errors.js";
import * as batch from "../handlers/batch.js";
import * as groups from "../handlers/groups.js";
import * as methods from "../handlers/methods-policy.js";
import * as token from "../handlers/token.js";
import * as users from "../handlers/users.js";
import * as permissions from "../permissions.js";
import type { RequestKind, SignedCall, Answer } from "./call.js";
import { addControlRoutes, type ControlHost } from "./control.js";
import { answerRequest, type EmulatorContext, type EmulatorEnv, type Operation } from "./pipeline.js";

/** Path segments that Graph reads without case; the emulator's routes have them as they are written here. */
const SEGMENTS = [
  "v1.0",
  "beta",
  "policies",
  "authenticationMethodsPolicy",
  "authenticationMethodConfigurations",
  "groups",
  "users",
  "members",
  "owners",
  "transitiveMembers",
  "memberOf",
  "transitiveMemberOf",
  "directoryObjects",
  "getByIds",
  "$ref",
  "$batch",
];
const CANONICAL = new Map(SEGMENTS.map((segment) => [segment.toLowerCase(), segment]));

/** All routes of the emulator. Every request goes through {@link answerRequest}, control requests excepted. */
export function createApp(host: ControlHost): Hono<EmulatorEnv> {
  const app = new Hono<EmulatorEnv>({ getPath: (request) => canonicalPath(new URL(request.url).pathname) });
  const serve = (operation: Operation) => (context: EmulatorContext) => answerRequest(host, context, operation);
  const graph = (
    kind: RequestKind,
    allowed: permissions.Permissions | ((call: SignedCall) => permissions.Permissions),
    handle: (call: SignedCall) => Answer | Promise<Answer>,
  ) => serve({ kind, permissions: allowed, handle });
  const anonymous = (kind: RequestKind, message: () => Error) =>
    serve({
      kind,
      anonymous: true,
      handle: () => {
        throw message();
      },
    });

  // A page in a browser could reach a loopback port by a name of its own; it cannot make the browser send ours.
  app.use(async (context, next) => {
    const { hostname } = new URL(context.req.url);
    if (!["127.0.0.1", "localhost", "[::1]"].includes(hostname)) {
      return context.json({ error: { code: "MisdirectedRequest", message: "Only loopback names are served." } }, 421);
    }
    return next();
  });
  addControlRoutes(app, host);

  // Sign-in and discovery.
  const byPath = (params: Readonly<Record<string, string>>) => params["tenant"];
  app.post(
    "/:tenant/oauth2/v2.0/token",
    serve({ kind: "token", anonymous: true, tenant: byPath, handle: (call) => token.issueToken(host, call) }),
  );
  app.get(
    "/:tenant/v2.0/.well-known/openid-configuration",
    serve({ kind: "metadata", anonymous: true, tenant: byPath, handle: token.openIdConfiguration }),
  );
  app.get("/metadata/endpoints", serve({ kind: "metadata", anonymous: true, handle: token.metadataEndpoints }));

  // Authentication methods policy, with and without /policies.
  const version = "/:version{v1\\.0|beta}";
  const readPolicy = (call: SignedCall) => permissions.readMethod(call.tenant.effectiveSwitches);
  for (const parent of [`${version}/policies/authenticationMethodsPolicy`, `${version}/authenticationMethodsPolicy`]) {
    const list = `${parent}/authenticationMethodConfigurations`;
    app.get(parent, graph("policy", permissions.READ_METHODS_POLICY, methods.getMethodsPolicy));
    app.get(list, graph("policy", permissions.READ_METHODS_POLICY, methods.listConfigurations));
    app.get(`${list}/:configuration`, graph("policy", readPolicy, methods.getConfiguration));
    app.patch(`${list}/:configuration`, graph("policy", permissions.WRITE_METHOD, methods.patchConfiguration));
    app.delete(`${list}/:configuration`, graph("policy", permissions.WRITE_METHOD, methods.deleteConfiguration));
    app.on(["POST", "PUT"], `${list}/:configuration`, anonymous("policy", graphErrors.methodNotAllowed));
    app.on(["POST", "PUT", "DELETE"], parent, anonymous("policy", graphErrors.methodNotAllowed));
  }

  // Groups.
  const id = `${version}/groups/:id`;
  const relation = "/:relation{members|owners}";
  app.get(`${version}/groups`, graph("group", permissions.READ_GROUPS, groups.listGroups));
  app.post(`${version}/groups`, graph("group", permissions.CREATE_GROUP, groups.createGroup));
  app.get(id, graph("group", permissions.READ_GROUPS, groups.getGroup));
  app.patch(id, graph("group", permissions.WRITE_GROUP, groups.updateGroup));
  app.delete(id, graph("group", permissions.WRITE_GROUP, groups.deleteGroup));
  app.post(`${id}${relation}/$ref`, graph("group", permissions.WRITE_MEMBERS, groups.addReference));
  app.delete(`${id}${relation}/:object/$ref`, graph("group", permissions.WRITE_MEMBERS, groups.removeReference));
  for (const cast of ["", "/:cast{microsoft\\.graph\\..+}"]) {
    app.get(
      `${id}/:relation{members|owners|transitiveMembers}${cast}`,
      graph("group", permissions.READ_GROUPS, groups.listRelated),
    );
    app.get(
      `${id}/:relation{memberOf|transitiveMemberOf}${cast}`,
      graph("group", permissions.READ_GROUPS, (call) => groups.listMemberOf(call, groups.groupOf(call).id)),
    );
    app.get(
      `${version}/users/:id/:relation{memberOf|transitiveMemberOf}${cast}`,
      graph("user", permissions.READ_MEMBER_OF, (call) => groups.listMemberOf(call, users.userOf(call).id)),
    );
  }

  // Users and directory objects.
  app.get(`${version}/users`, graph("user", permissions.READ_USERS, users.listUsers));
  app.get(`${version}/users/:id`, graph("user", permissions.READ_USERS, users.getUser));
  app.post(`${version}/directoryObjects/getByIds`, graph("directory", permissions.READ_OBJECTS, users.getByIds));
  app.get(`${version}/directoryObjects/:id`, graph("directory", permissions.READ_OBJECTS, users.getObject));

  app.post(
    `${version}/$batch`,
    serve({
      kind: "batch",
      // What its requests may do is checked with each of them.
      permissions: "any",
      handle: (call) => batch.runBatch(call, (request, bindings) => app.fetch(request, bindings)),
    }),
  );

  app.all("*", (context) => {
    const route = `${context.req.method} ${new URL(context.req.url).pathname}`;
    return anonymous("unknown", () => graphErrors.notImplemented(route))(context);
  });
  return app;
}

/** Graph reads known segments without case and takes `name('key')` for `name/key`. */
function canonicalPath(path: string): string {
  return safeDecode(path)
    .replace(/\('([^']*)'\)/g, "/$1")
    .split("/")
    .map((segment) => CANONICAL.get(segment.toLowerCase()) ?? segment)
    .join("/");
}

function safeDecode(path: string): string {
  // Only the quotes and parentheses of keys matter here; everything else stays encoded for the router.
  return path.replace(/%28/gi, "(").replace(/%29/gi, ")").replace(/%27/gi, "'").replace(/%24/gi, "$");
}
