import { answerListing } from "../directory/listing.js";
import { project, propertiesOf, readSelect } from "../directory/projection.js";
import type { User } from "../directory/types.js";
import { graphErrors } from "../errors.js";
import type { Answer, SignedCall } from "../http/call.js";
import { mayReadKind } from "../permissions.js";

const MOST_IDS = 1000;

/** `GET /users`. */
export function listUsers(call: SignedCall): Answer {
  const objects = call.tenant.directory.users.map((object) => ({ kind: "user" as const, object }));
  return { status: 200, body: answerListing(call, { objects, kind: "user", context: "users" }) };
}

/** `GET /users/{id | userPrincipalName}`. */
export function getUser(call: SignedCall): Answer {
  const user = userOf(call);
  const select = readSelect(call.query.get("$select"), propertiesOf(["user"], [user], call.version), "user");
  const selected = select === undefined ? "" : `(${select.join(",")})`;
  const projection = {
    ...(select === undefined ? {} : { select }),
    typed: false,
    readable: () => true,
    version: call.version,
  };
  return {
    status: 200,
    body: {
      "@odata.context": `${call.origin}/${call.version}/$metadata#users${selected}/$entity`,
      ...project({ kind: "user", object: user }, projection),
    },
  };
}

/** The user in the path, by id or user principal name. */
export function userOf(call: SignedCall): User {
  const id = call.params["id"] ?? "";
  const user = call.tenant.directory.user(id);
  if (user === undefined) {
    throw graphErrors.notFound(id);
  }
  return user;
}

/** `GET /users/{id}/manager`: nobody has one here, and Graph answers 404 then. */
export function getManager(call: SignedCall): Answer {
  userOf(call);
  throw graphErrors.notFound("manager");
}

/** `GET /directoryObjects/{id}`. */
export function getObject(call: SignedCall): Answer {
  const id = call.params["id"] ?? "";
  const found = call.tenant.directory.object(id);
  if (found === undefined) {
    throw graphErrors.notFound(id);
  }
  const readable = (kind: typeof found.kind) => mayReadKind(kind, call.roles);
  return {
    status: 200,
    body: {
      "@odata.context": `${call.origin}/${call.version}/$metadata#directoryObjects/$entity`,
      ...project(found, { typed: true, readable, version: call.version }),
    },
  };
}

/** `POST /directoryObjects/getByIds`: ids that do not exist are left out. */
export function getByIds(call: SignedCall): Answer {
  const { ids, types } = (call.body ?? {}) as { ids?: unknown; types?: unknown };
  if (!Array.isArray(ids) || ids.length === 0 || ids.length > MOST_IDS) {
    throw graphErrors.badRequest(`ids has to be an array of 1 to ${MOST_IDS} ids.`);
  }
  const wanted = Array.isArray(types) && types.length > 0 ? types.map(String) : undefined;
  const readable = (kind: "user" | "group" | "servicePrincipal") => mayReadKind(kind, call.roles);
  const value = [...new Set(ids.map((id) => String(id).toLowerCase()))]
    .flatMap((id) => call.tenant.directory.object(id) ?? [])
    .filter((found) => wanted === undefined || wanted.includes(found.kind) || wanted.includes("directoryObject"))
    .map((found) => project(found, { typed: true, readable, version: call.version }));
  return {
    status: 200,
    body: { "@odata.context": `${call.origin}/${call.version}/$metadata#directoryObjects`, value },
  };
}
