import { facetPlace, normalizePolicy, printable } from "../policy/index.js";
import type { Fido2Policy } from "../policy/index.js";
import { driftWords, groupsOf, Naming } from "../report/preview/index.js";
import { causeOf, migrationNotes } from "./cause.js";
import type { Compared, DriftEntry, DriftReport, PolicyDrift } from "./model.js";
import { memberWords, modelWords } from "./words.js";

export interface ReportedTenant {
  readonly tenantId: string;
  readonly policy: Fido2Policy;
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly against: DriftReport["against"];
  /** Display names of groups by object id, as far as they can be read. */
  readonly groupNames: (ids: readonly string[]) => Promise<ReadonlyMap<string, string>>;
}

/** Tells what was found in words, with the names of groups and profiles. */
export async function driftReport(tenant: ReportedTenant, compared: Compared): Promise<DriftReport> {
  const { tenantId, policy, time, against } = tenant;
  const names = await tenant.groupNames(groupsIn(compared));
  const known = (id: string) => names.get(id.toLowerCase());
  const naming = new Naming({ before: withTargets(policy, compared), after: policy, groupName: known });
  const normal = normalizePolicy(policy);
  const ofPolicy = compared.policy.map((found): DriftEntry => {
    const words = { ...driftWords(found, naming), ...(found.facet.endsWith("/aaGuids") && lists(found)) };
    return { resource: found.resource, ...words, place: facetPlace(found.facet), cause: causeOf(found, normal) };
  });
  const ofDocuments = compared.documents.map((found): DriftEntry => {
    const { resource, member, written, now } = found;
    const part = memberWords(found, (id) => printable(known(id) ?? id));
    return { resource, part, place: member, written, now, cause: "edit" };
  });
  return {
    kind: "entra-passkeys/drift",
    version: 1,
    tenant: tenantId,
    against,
    time,
    mode: normal.mode,
    compared: { parts: compared.parts, resources: compared.resources },
    drift: [...ofPolicy, ...ofDocuments],
    notes: [...migrationNotes(compared.writtenIn, normal), ...compared.notes.map((note) => naming.text(note))],
  };
}

const lists = ({ written, now }: PolicyDrift) => ({
  written: modelWords((written ?? []) as readonly string[]),
  now: modelWords((now ?? []) as readonly string[]),
});

const GROUP = /^(?:include|exclude)\/(.+)$/;

/** Object ids of the groups that drift is about. */
function groupsIn({ policy, documents }: Compared): string[] {
  const names = [...policy.map(({ facet }) => facet), ...documents.map(({ member }) => member)];
  const ids = names.flatMap((name) => GROUP.exec(name)?.[1] ?? []);
  return [...new Set(ids)].filter((id) => id !== "all_users").sort();
}

/** The policy with the targets that are gone, so that their groups have names, too. */
function withTargets(policy: Fido2Policy, compared: Compared): Fido2Policy {
  const there = new Set(groupsOf(policy));
  const gone = groupsIn(compared).filter((id) => !there.has(id));
  const targets = gone.map((id) => ({ id, targetType: "group" }));
  return { ...policy, excludeTargets: [...(policy.excludeTargets ?? []), ...targets] };
}
