import { changedFacets } from "../apply/index.js";
import { normalizePolicy } from "../policy/index.js";
import type { Fido2Policy } from "../policy/index.js";
import { sameValue } from "../policy/documents.js";
import { subjectOf } from "../resources/documents/establish.js";
import type { Host } from "../resources/host.js";
import type { Owned } from "../resources/owned.js";
import { resourceName } from "../resources/passkeyPolicy/owner.js";
import type { Compared, DocumentDrift, PolicyDrift } from "./model.js";
import { memberDrift } from "./words.js";

/** Compares what resources have written with what is there. What they never wrote is not looked at. */
export async function driftOfState(host: Host, policy: Fido2Policy, owned: readonly Owned[]): Promise<Compared> {
  const now = normalizePolicy(policy);
  const drift: PolicyDrift[] = [];
  const documents: DocumentDrift[] = [];
  const writtenIn = new Set<string>();
  let parts = 0;
  for (const resource of owned) {
    if (resource.kind !== undefined) {
      const found = await driftOfDocument(host, resource);
      parts += found.parts;
      documents.push(...found.drift);
      continue;
    }
    const { owner, managed, mode } = resource.state;
    writtenIn.add(mode);
    parts += Object.values(managed).filter(({ written }) => written !== undefined).length;
    for (const { facet, written, live = null } of changedFacets(now, managed)) {
      drift.push({ resource: resourceName(owner), facet, written, now: live, writtenIn: mode });
    }
  }
  return { parts, resources: owned.length, policy: drift, documents, writtenIn, notes: [] };
}

type OwnedDocument = Extract<Owned, { readonly kind: object }>;

async function driftOfDocument(
  host: Host,
  { kind, state }: OwnedDocument,
): Promise<{ readonly parts: number; readonly drift: readonly DocumentDrift[] }> {
  const port = kind.port(host, subjectOf(kind, state, state));
  const there = port.members(await port.reads.get());
  const members = Object.entries(state.managed);
  const drift = members.flatMap(([name, { written }]) => {
    const live = there.get(name) ?? null;
    if (sameValue(live, written)) return [];
    return [memberDrift({ resource: resourceName(state.owner), document: port.name, member: name }, written, live)];
  });
  return { parts: members.length, drift };
}
