import { normalizePolicy } from "../policy/index.js";
import type { Fido2Policy } from "../policy/index.js";
import { changesTo } from "../policy/documents.js";
import { subjectOf } from "../resources/documents/establish.js";
import type { DocumentInputs } from "../resources/documents/kind.js";
import { documentKindOf } from "../resources/documents/kinds.js";
import type { Host } from "../resources/host.js";
import type { CheckedInputs } from "../resources/passkeyPolicy/inputs.js";
import { planPreview } from "../resources/passkeyPolicy/operations.js";
import { resourceName } from "../resources/passkeyPolicy/owner.js";
import { policyStateOf } from "../resources/parts/translate.js";
import type { Preview } from "../resources/preview/index.js";
import type { Compared, DocumentDrift, PolicyDrift } from "./model.js";
import { memberDrift } from "./words.js";

/**
 * Compares what a program declares, as its preview has it, with what is there; whatever the state says. Values that the
 * preview does not know yet are not looked at.
 */
export async function driftOfProgram(host: Host, policy: Fido2Policy, preview: Preview): Promise<Compared> {
  const drift: PolicyDrift[] = [];
  const documents: DocumentDrift[] = [];
  const notes: string[] = [];
  const { mode } = normalizePolicy(policy);
  let [parts, resources] = [0, 0];
  const declared = preview.resources.flatMap(({ type, new: now }) => (now === undefined ? [] : [{ type, ...now }]));
  for (const { type, inputs } of declared) {
    const kind = documentKindOf(type);
    if (kind !== undefined && inputs["looked"] !== undefined) {
      const of = inputs as unknown as DocumentInputs;
      const subject = subjectOf(kind, of, of);
      const port = kind.port(host, subject);
      const there = port.members(await port.reads.get());
      const wanted = kind.wanted(subject);
      [parts, resources] = [parts + wanted.size, resources + 1];
      for (const [member, value] of changesTo(there, wanted)) {
        const place = { resource: resourceName(of.owner), document: port.name, member };
        documents.push(memberDrift(place, value, there.get(member) ?? null));
      }
      continue;
    }
    const checked = inputs["resolved"] === undefined ? undefined : policyStateOf(type, { ...inputs });
    if (checked === undefined) continue;
    const planned = await planPreview(host, policy, checked as CheckedInputs, undefined);
    const resource = resourceName(checked.owner);
    [parts, resources] = [parts + planned.declared.size, resources + 1];
    for (const { reason } of planned.plan.refusals) notes.push(`${resource} would be refused: ${reason}.`);
    for (const { facet, before, after } of planned.plan.changes) {
      if (planned.declared.has(facet)) {
        drift.push({ resource, facet, written: after, now: before, writtenIn: mode });
      }
    }
  }
  if (preview.hidden > 0) {
    notes.push(
      `${preview.hidden} unchanged resources are not in the preview, so that what they declare is not compared. Run it with ` +
        "--show-sames.",
    );
  }
  return { parts, resources, policy: drift, documents, writtenIn: new Set(), notes };
}
