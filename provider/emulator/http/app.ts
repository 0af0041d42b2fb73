import { Hono } from "hono";
import { graphErrors } from "../errors.js";
import * as batch from "../handlers/batch.js";
import * as access from "../handlers/conditional-access.js";
import * as groups from "../handlers/groups.js";
import * as methods from "../handlers/methods-policy.js";
import * as registrations from "../handlers/registrations.js";
import * as report from "../handlers/report.js";
import * as strength from "../handlers/strengths.js";
import * as token from "../handlers/token.js";
import * as users from "../handlers/users.js";
import type { Throttle } from "../people/throttle.js";
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
  "manager",
  "directoryObjects",
  "getByIds",
  "authentication",
  "fido2Methods",
  "methods",
  "reports",
  "authenticationMethods",
  "userRegistrationDetails",
  "identity",
  "conditionalAccess",
  "authenticationStrengthPolicies",
  "authenticationStrength",
  "combinationConfigurations",
  "updateAllowedCombinations",
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
    allowed: permissions.Permissions | ((call: SignedCall) => permissions.Permissions | permissions.AllOf),
    handle: (call: SignedCall) => Answer | Promise<Answer>,
    throttle?: (call: SignedCall, throttle: Throttle) => void,
  ) => serve({ kind, permissions: allowed, handle, ...(throttle === undefined ? {} : { throttle }) });
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
  app.get(`${version}/groups`, graph("group", permissions.READ_GROUPS, groups.listGroups));
  app.post(`${version}/groups`, graph("group", permissions.CREATE_GROUP, groups.createGroup));
  app.get(id, graph("group", permissions.READ_GROUPS, groups.getGroup));
  app.patch(id, graph("group", permissions.WRITE_GROUP, groups.updateGroup));
  app.delete(id, graph("group", permissions.WRITE_GROUP, groups.deleteGroup));
  // One path for each relation: the router mixes up parameters whose patterns overlap.
  const casts = ["", "/:cast{microsoft\\.graph\\..+}"];
  for (const relation of ["members", "owners"] as const) {
    const write = (handle: (call: SignedCall, relation: groups.Link) => Answer) =>
      graph("group", permissions.WRITE_MEMBERS, (call) => handle(call, relation));
    app.post(`${id}/${relation}/$ref`, write(groups.addReference));
    app.delete(`${id}/${relation}/:object/$ref`, write(groups.removeReference));
  }
  for (const cast of casts) {
    for (const relation of ["members", "owners", "transitiveMembers"] as const) {
      const handle = (call: SignedCall) => groups.listRelated(call, relation);
      app.get(`${id}/${relation}${cast}`, graph("group", permissions.READ_GROUPS, handle));
    }
    for (const relation of ["memberOf", "transitiveMemberOf"] as const) {
      const ofGroup = (call: SignedCall) => groups.listMemberOf(call, relation, groups.groupOf(call).id);
      const ofUser = (call: SignedCall) => groups.listMemberOf(call, relation, users.userOf(call).id);
      app.get(`${id}/${relation}${cast}`, graph("group", permissions.READ_GROUPS, ofGroup));
      app.get(`${version}/users/:id/${relation}${cast}`, graph("user", permissions.READ_MEMBER_OF, ofUser));
    }
  }

  // Users and directory objects.
  app.get(`${version}/users`, graph("user", permissions.READ_USERS, users.listUsers));
  app.get(`${version}/users/:id`, graph("user", permissions.READ_USERS, users.getUser));
  app.get(`${version}/users/:id/manager`, graph("user", permissions.READ_USERS, users.getManager));
  app.post(`${version}/directoryObjects/getByIds`, graph("directory", permissions.READ_OBJECTS, users.getByIds));
  app.get(`${version}/directoryObjects/:id`, graph("directory", permissions.READ_OBJECTS, users.getObject));

  // Registrations of users, and the report of all.
  const { passRegistrations } = registrations;
  const authentication = `${version}/users/:id/authentication`;
  app.get(
    `${authentication}/fido2Methods`,
    graph("registrations", permissions.READ_PASSKEYS, registrations.listPasskeys, passRegistrations),
  );
  app.get(
    `${authentication}/methods`,
    graph("registrations", permissions.READ_METHODS, registrations.listMethods, passRegistrations),
  );
  const details = `${version}/reports/authenticationMethods/userRegistrationDetails`;
  app.get(details, graph("report", permissions.READ_REPORT, report.listReport, report.passReport));
  app.get(`${details}/:id`, graph("report", permissions.READ_REPORT, report.getReport, report.passReport));

  // Conditional Access and authentication strengths.
  const policies = `${version}/identity/conditionalAccess/policies`;
  const readAccess = (call: SignedCall) => permissions.readConditionalAccess(call.tenant.effectiveSwitches);
  app.get(policies, graph("conditionalAccess", readAccess, access.listPolicies, access.passPolicies));
  app.get(`${policies}/:id`, graph("conditionalAccess", readAccess, access.getPolicy, access.passPolicies));
  const writePolicy = (handle: (call: SignedCall) => Answer) =>
    graph(
      "conditionalAccess",
      (call) => permissions.writeConditionalAccess(call.tenant.effectiveSwitches, call.method),
      handle,
      access.passPolicies,
    );
  app.post(policies, writePolicy(access.createPolicy));
  app.patch(`${policies}/:id`, writePolicy(access.updatePolicy));
  app.delete(`${policies}/:id`, writePolicy(access.deletePolicy));
  // Graph docs write the strengths by the one path and their configurations by the other.
  for (const strengths of [
    `${version}/policies/authenticationStrengthPolicies`,
    `${version}/identity/conditionalAccess/authenticationStrength/policies`,
  ]) {
    const read = (handle: (call: SignedCall) => Answer) =>
      graph("conditionalAccess", permissions.READ_STRENGTHS, handle);
    const write = (handle: (call: SignedCall) => Answer) =>
      graph("conditionalAccess", permissions.WRITE_STRENGTHS, handle);
    app.get(strengths, read(strength.listStrengths));
    app.post(strengths, write(strength.createStrength));
    app.get(`${strengths}/:id`, read(strength.getStrength));
    app.patch(`${strengths}/:id`, write(strength.updateStrength));
    app.delete(`${strengths}/:id`, write(strength.deleteStrength));
    app.post(`${strengths}/:id/updateAllowedCombinations`, write(strength.updateCombinations));
    const configurations = `${strengths}/:id/combinationConfigurations`;
    app.get(configurations, read(strength.listConfigurations));
    app.post(configurations, write(strength.createConfiguration));
    app.get(`${configurations}/:configuration`, read(strength.getConfiguration));
    app.patch(`${configurations}/:configuration`, write(strength.updateConfiguration));
    app.delete(`${configurations}/:configuration`, write(strength.deleteConfiguration));
  }

  // As a parameter: the router takes a literal $ after one for the end of the path.
  app.post(
    `${version}/:batch{\\$batch}`,
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
    .join("/")
    .replace(/(.)\/$/, "$1");
}

function safeDecode(path: string): string {
  // Only the quotes and parentheses of keys matter here; everything else stays encoded for the router.
  return path.replace(/%28/gi, "(").replace(/%29/gi, ")").replace(/%27/gi, "'").replace(/%24/gi, "$");
}
