import { answerListing, isAdvanced } from "../directory/listing.js";
import { readGroup } from "../directory/group-body.js";
import { project, propertiesOf, readSelect } from "../directory/projection.js";
import type { DirectoryObject, Group, ObjectKind } from "../directory/types.js";
import { graphErrors } from "../errors.js";
import { isGuid } from "../guid.js";
import { objectBody } from "../http/body.js";
import type { Answer, SignedCall } from "../http/call.js";
import { mayReadKind } from "../permissions.js";

/** A relation of a group that can be written. */
export type Link = "members" | "owners";

const asGroup = (object: Group): DirectoryObject => ({ kind: "group", object });

/** `GET /groups`. */
export function listGroups(call: SignedCall): Answer {
  const objects = call.tenant.directory.groups.map(asGroup);
  return { status: 200, body: answerListing(call, { objects, kind: "group", context: "groups" }) };
}

/** `GET /groups/{id}`. */
export function getGroup(call: SignedCall): Answer {
  const group = groupOf(call);
  const select = readSelect(call.query.get("$select"), propertiesOf(["group"], [group], call.version), "group");
  return { status: 200, body: groupBody(call, group, select) };
}

/** `POST /groups`. */
export function createGroup(call: SignedCall): Answer {
  const body = objectBody(call);
  const { owners, members, properties } = splitBindings(call, body);
  for (const [name, type] of Object.entries(REQUIRED)) {
    if (typeof properties[name] !== type || properties[name] === "") {
      throw graphErrors.badRequest(`A value is required for property '${name}' of resource 'Group'.`);
    }
  }
  const { directory } = call.tenant;
  const group = directory.addGroup({ ...properties, displayName: String(properties["displayName"]) });
  owners.forEach((id) => directory.addOwner(group.id, id));
  members.forEach((id) => directory.addMember(group.id, id));
  return { status: 201, body: groupBody(call, group), headers: { Location: `${call.url.href}/${group.id}` } };
}

/** `PATCH /groups/{id}`: 204. */
export function updateGroup(call: SignedCall): Answer {
  const group = groupOf(call);
  const { owners, members, properties } = splitBindings(call, objectBody(call));
  const { directory } = call.tenant;
  directory.updateGroup(group.id, properties);
  owners.forEach((id) => directory.addOwner(group.id, id));
  members.forEach((id) => directory.addMember(group.id, id));
  return { status: 204 };
}

/** `DELETE /groups/{id}`: 204. */
export function deleteGroup(call: SignedCall): Answer {
  call.tenant.removeGroup(groupOf(call).id);
  return { status: 204 };
}

/** `GET /groups/{id}/members`, `owners` and `transitiveMembers`, each with an optional cast. */
export function listRelated(call: SignedCall, relation: Link | "transitiveMembers"): Answer {
  const group = groupOf(call);
  const { directory } = call.tenant;
  if (relation === "transitiveMembers") {
    refusePlainCast(call);
    return related(call, directory.transitiveMembers(group.id));
  }
  return related(call, relation === "owners" ? directory.owners(group.id) : directory.members(group.id));
}

/** `GET /groups/{id}/memberOf` and `transitiveMemberOf`, and the same of users. */
export function listMemberOf(call: SignedCall, relation: "memberOf" | "transitiveMemberOf", objectId: string): Answer {
  const { directory } = call.tenant;
  if (relation === "transitiveMemberOf") {
    refusePlainCast(call);
    return related(call, directory.transitiveMemberOf(objectId).map(asGroup));
  }
  return related(call, directory.memberOf(objectId).map(asGroup));
}

/** `POST /groups/{id}/members/$ref` and `owners/$ref`: 204. */
export function addReference(call: SignedCall, relation: Link): Answer {
  const group = groupOf(call);
  const { directory } = call.tenant;
  const id = referencedId(call, objectBody(call)["@odata.id"]);
  const added = relation === "owners" ? directory.addOwner(group.id, id) : directory.addMember(group.id, id);
  if (!added) {
    throw graphErrors.badRequest(
      `One or more added object references already exist for the following modified properties: '${relation}'.`,
    );
  }
  return { status: 204 };
}

/** `DELETE /groups/{id}/members/{id}/$ref` and `owners`: 204. */
export function removeReference(call: SignedCall, relation: Link): Answer {
  const group = groupOf(call);
  const { directory } = call.tenant;
  const id = call.params["object"] ?? "";
  if (!(relation === "owners" ? directory.removeOwner(group.id, id) : directory.removeMember(group.id, id))) {
    throw graphErrors.notFound(id);
  }
  return { status: 204 };
}

/** The group in the path. */
export function groupOf(call: SignedCall): Group {
  const id = call.params["id"] ?? "";
  if (!isGuid(id)) {
    throw graphErrors.badRequest(`Invalid object identifier '${id}'.`);
  }
  const group = call.tenant.directory.group(id);
  if (group === undefined) {
    throw graphErrors.notFound(id);
  }
  return group;
}

const REQUIRED = {
  displayName: "string",
  mailEnabled: "boolean",
  mailNickname: "string",
  securityEnabled: "boolean",
} as const;

function groupBody(call: SignedCall, group: Group, select?: string[]): object {
  const selected = select === undefined ? "" : `(${select.join(",")})`;
  return {
    "@odata.context": `${call.origin}/${call.version}/$metadata#groups${selected}/$entity`,
    ...project(asGroup(group), {
      ...(select === undefined ? {} : { select }),
      typed: false,
      readable: () => true,
      version: call.version,
    }),
  };
}

function related(call: SignedCall, objects: DirectoryObject[]): Answer {
  const cast = call.params["cast"];
  if (cast === undefined) {
    return { status: 200, body: answerListing(call, { objects, context: "directoryObjects" }) };
  }
  const kind = /^microsoft\.graph\.(user|group|servicePrincipal)$/.exec(cast)?.[1] as ObjectKind | undefined;
  if (kind === undefined) {
    throw graphErrors.notImplemented(`the cast '${cast}'`);
  }
  const kept = objects.filter((found) => found.kind === kind && mayReadKind(found.kind, call.roles));
  return { status: 200, body: answerListing(call, { objects: kept, kind, context: `${kind}s` }) };
}

function refusePlainCast(call: SignedCall): void {
  const required = call.tenant.effectiveSwitches.transitiveCastNeedsEventual === "required";
  if (call.params["cast"] !== undefined && required && !isAdvanced(call)) {
    throw graphErrors.unsupportedQuery(
      "Casts of transitive members need an advanced query: ConsistencyLevel: eventual and $count=true.",
    );
  }
}

function splitBindings(
  call: SignedCall,
  body: Record<string, unknown>,
): { owners: string[]; members: string[]; properties: Record<string, unknown> } {
  const ids = (name: string) => {
    const links = body[`${name}@odata.bind`];
    return Array.isArray(links) ? [...new Set(links.map((link: unknown) => referencedId(call, link)))] : [];
  };
  const properties = readGroup(body, call.tenant.effectiveSwitches);
  return { owners: ids("owners"), members: ids("members"), properties };
}

/** The id at the end of a link to a directory object; the object has to exist. */
function referencedId(call: SignedCall, link: unknown): string {
  const id = typeof link === "string" ? (link.split("/").at(-1) ?? "") : "";
  const found = call.tenant.directory.object(id);
  if (found === undefined) {
    throw graphErrors.notFound(id);
  }
  return found.object.id;
}
