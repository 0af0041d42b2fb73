import { findViolations, newViolations, planFacets, PROFILE_LIMIT } from "../../policy/index.js";
import type { Fido2Policy, Impact, Plan } from "../../policy/index.js";
import { groupsOf, type Failure, type OtherChange, type TenantFacts } from "../../report/preview/index.js";
import { PlanGuard, type GuardAnswer } from "../passkeyPolicy/guard.js";
import { classOf, readOwner, resourceName } from "../passkeyPolicy/owner.js";
import type { ReportTenant } from "./host.js";
import type { Preview, PreviewedResource } from "./readPreview.js";
import { REPORT_VARIABLE, type RefusedRecord } from "./record.js";
import { replayStack, type ReplayOptions, type ReplayedStack } from "./replay.js";

/** The tenant that a preview is of, by the resources of this package in it; `undefined` where it has none. */
export function tenantOf(preview: Preview): string | undefined {
  const ids = [
    ...preview.refused.map(({ inputs }) => inputs?.tenantId),
    ...preview.resources
      .filter(({ type }) => classOf(type) !== undefined)
      .map((resource) => (resource.new ?? resource.old)?.inputs["tenantId"]),
  ];
  const id = ids.find((one): one is string => typeof one === "string");
  return id?.toLowerCase();
}

/** Finds out what several stacks together do to a tenant. Writes nothing. */
export async function collectTenant(
  tenant: ReportTenant,
  previews: readonly Preview[],
  source: TenantFacts["source"],
  options: ReplayOptions,
): Promise<TenantFacts> {
  const before = tenant.policy;
  let after = before;
  const stacks: ReplayedStack[] = [];
  const first = tenant.host();
  for (const [index, preview] of previews.entries()) {
    const host = index === 0 ? first : tenant.host();
    const replayed = await replayStack(host, preview, before, after, options);
    after = replayed.after;
    stacks.push(replayed);
  }
  const all = <T>(of: (stack: ReplayedStack) => readonly T[]) => stacks.flatMap(of);
  const whole = await assessTogether(
    first,
    before,
    after,
    all(({ parts }) => parts),
  );
  const names = new Map([
    ...stacks.flatMap(({ groups }) => [...groups].flatMap(([name, id]) => (name === id ? [] : [[id, name] as const]))),
    ...(await tenant.groupNames(groupsOf(before, after))),
  ]);
  const { impact } = whole?.assessment ?? {};
  const people = whole?.assessment?.source;
  const plans = all((stack) => stack.plans);
  const profileLimit = Math.max(PROFILE_LIMIT, ...stacks.map((stack) => stack.profileLimit ?? PROFILE_LIMIT));
  const violations = (policy: Fido2Policy) => findViolations(policy, { profiles: profileLimit });
  const brokenTogether = plans.length > 1 ? newViolations(violations(before), violations(after)) : [];
  return {
    tenant: tenant.tenantId,
    stacks: previews.map(({ stack }) => stack),
    source,
    before,
    after,
    plans,
    brokenTogether,
    worseTogether: plans.length > 1 && isWorse(impact, plans),
    ...(impact !== undefined && { impact }),
    ...(people !== undefined && { people }),
    drift: all(({ drift }) => drift),
    others: previews.flatMap(othersOf).sort((a, b) => compare(a.stack, b.stack) || compare(a.resource, b.resource)),
    refusedDocuments: previews.flatMap(({ stack, refused }) =>
      refused.flatMap(({ owner, operation, inputs, refusals }) =>
        inputs === undefined ? [{ stack, resource: resourceName(owner), operation, refusals }] : [],
      ),
    ),
    unread: [...unreadOf(whole), ...previews.flatMap(unreadIn)],
    unguarded: all(({ unguarded }) => unguarded),
    failures: previews.flatMap(failuresOf),
    profileLimit,
    groupName: (id) => names.get(id.toLowerCase()),
  };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** What all changes together do to people; of a single plan that is known already. */
async function assessTogether(
  host: ReturnType<ReportTenant["host"]>,
  before: Fido2Policy,
  after: Fido2Policy,
  parts: ReplayedStack["parts"],
): Promise<GuardAnswer | undefined> {
  const [first] = parts;
  if (first === undefined) return undefined;
  if (parts.length === 1 && first.judged.assessment !== undefined) return first.judged;
  const plan: Plan =
    parts.length === 1 ? first.plan : { ...planFacets(before, { facets: new Map() }), steps: first.plan.steps, after };
  return new PlanGuard(host, first.change).judge(plan, parts);
}

function unreadOf(whole: GuardAnswer | undefined): string[] {
  const { missing = [], notes = [] } = whole?.assessment ?? {};
  const sentence = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
  return [...missing.map(({ reason, wayOut }) => `${sentence(reason)} ${wayOut}.`), ...notes.map(sentence)];
}

function unreadIn({ stack, errors, hidden }: Preview): string[] {
  return [
    ...(hidden > 0
      ? [
          `${stack}: unchanged resources are not in the preview, so that what they declare, and drift of theirs, is not ` +
            "looked at. Run the preview with --show-sames.",
        ]
      : []),
    ...(errors.length > 0
      ? [`${stack}: the preview ended with an error, and what would come after it is not in this report.`]
      : []),
  ];
}

/** The owner that a resource of ours has by its URN. */
function ownerOf(urn: string): string | undefined {
  const [stack = "", project = "", types = "", ...name] = urn.replace(/^urn:pulumi:/, "").split("::");
  const type = classOf(types.split("$").at(-1)!);
  if (type === undefined) return undefined;
  const owner = `${project}/${stack}/${type === "PasskeyPolicy" ? "" : `${type}::`}${name.join("::")}`;
  return readOwner(owner).name === "" ? undefined : owner;
}

/** What the engine says when anything else has failed already. */
const CONSEQUENCE = /^(error: )?((preview|update) failed|one or more errors occurred)\.?$/i;

/** Errors that no record explains. */
function failuresOf({ stack, errors, refused }: Preview): Failure[] {
  const known = new Set(refused.map(({ owner }: RefusedRecord) => owner));
  return errors.flatMap(({ urn, message }) => {
    const owner = urn === undefined ? undefined : ownerOf(urn);
    if (CONSEQUENCE.test(message) || (owner !== undefined && known.has(owner))) return [];
    const hint =
      owner === undefined
        ? ""
        : ` Run the preview with ${REPORT_VARIABLE}=1, so that the report can tell what it would do.`;
    return [{ stack, reason: `${message.replace(/^error: /, "")}${hint}` }];
  });
}

/** Changes beside the passkey policy. */
function othersOf({ stack, resources, lines }: Preview): OtherChange[] {
  return resources.flatMap((resource) => {
    const { op, type, name } = resource;
    const ours = classOf(type);
    if (op === "same" || (ours !== undefined && !DOCUMENTS.has(ours))) return [];
    const title = `${ours ?? type.split(":").at(-1)!} ${name}`;
    const told = ours === undefined ? changedIn(resource) : saidBy(title, lines);
    return [{ stack, resource: title, operation: op, lines: told }];
  });
}

const DOCUMENTS: ReadonlySet<string> = new Set(["TemporaryAccessPassPolicy", "PasskeyAuthenticationStrength"]);

/** What a resource of this package said of its change. */
function saidBy(resource: string, lines: readonly string[]): string[] {
  const said = lines.filter((line) => line.startsWith(`${resource}: `)).map((line) => line.slice(resource.length + 2));
  return [...new Set(said)];
}

/** Of resources of other packages the names of properties only, whose values may be secret; and whether a policy is on. */
function changedIn({ type, changed, old, new: now }: PreviewedResource): string[] {
  if (!type.endsWith(":ConditionalAccessPolicy")) return changed.length === 0 ? [] : [`changes ${changed.join(", ")}`];
  const stateOf = (properties: PreviewedResource["new"]) => {
    const state = properties?.inputs["state"];
    return typeof state === "string" ? state : undefined;
  };
  const [before, after] = [stateOf(old), stateOf(now)];
  const title = now?.inputs["displayName"] ?? old?.inputs["displayName"];
  const others = changed.filter((property) => property !== "state");
  return [
    ...(typeof title === "string" ? [JSON.stringify(title)] : []),
    ...(before === after ? [] : [`state: ${before ?? "none"} -> ${after ?? "none"}`]),
    ...(others.length === 0 ? [] : [`changes ${others.join(", ")}`]),
  ];
}

/** Whether plans that do less to people one by one lock more of them out together. */
function isWorse(whole: Impact | undefined, plans: TenantFacts["plans"]): boolean {
  const count = (impact: Impact | undefined, outcome: "lockedOut" | "stranded" | "unknown") =>
    impact?.loss?.counts[outcome] ?? 0;
  return (["lockedOut", "stranded", "unknown"] as const).some(
    (outcome) => count(whole, outcome) > plans.reduce((sum, { impact }) => sum + count(impact, outcome), 0),
  );
}
