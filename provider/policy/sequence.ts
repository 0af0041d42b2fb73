import { patchBody } from "./body.js";
import { diffNormal } from "./diff.js";
import type { Fido2Policy, PasskeyProfile } from "./model.js";
import { normalizePolicy } from "./normalize.js";
import type { NormalPolicy } from "./normalize.js";
import type { PlanOptions, Step } from "./plan.js";
import type { Problem } from "./problem.js";
import { enforcedWindow, listings } from "./toggle.js";
import type { Listing } from "./toggle.js";
import { findViolations, newViolations } from "./violations.js";

export type Sequence = { readonly steps: readonly Step[] } | { readonly refusal: Problem };

interface Waypoint {
  readonly kind: Step["kind"];
  readonly policy: Fido2Policy;
  readonly reason: string;
  readonly risk?: string;
  readonly tentative?: boolean;
}

/** The states to go through, in order; the last one is the target. */
export function sequenceSteps(
  current: Fido2Policy,
  target: Fido2Policy,
  before: NormalPolicy,
  after: NormalPolicy,
  options: PlanOptions,
): Sequence {
  if (patchBody(current, target, before.mode) === undefined) return { steps: [] };
  const toggled = listings(before, after);
  const route = toggled.length > 0 && options.toggle === "enforceFirst" ? windowRoute : removalRoute;
  const waypoints = route(current, target, before, after, options, toggled);
  if ("refusal" in waypoints) return waypoints;
  const steps: Step[] = [];
  let from = current;
  for (const waypoint of waypoints) {
    const body = patchBody(from, waypoint.policy, before.mode);
    if (body === undefined) continue;
    steps.push({
      kind: waypoint.kind,
      body,
      reason: waypoint.reason,
      risk: waypoint.risk,
      expects: diffNormal(normalizePolicy(from), normalizePolicy(waypoint.policy)),
      after: waypoint.policy,
      tentative: waypoint.tentative ?? false,
    });
    from = waypoint.policy;
  }
  return { steps };
}

/** Profiles that go away while a target still names them: whether one PATCH may do both is not documented. */
function profilesToUntarget(before: NormalPolicy, after: NormalPolicy): string[] {
  const remaining = new Set(after.profiles.map((profile) => profile.id));
  return before.profiles
    .map((profile) => profile.id)
    .filter((id) => !remaining.has(id) && before.includeTargets.some((target) => target.profiles.includes(id)));
}

/** `policy` with the profiles that are to go still in it, as they are now and where they are now. */
function keeping(policy: Fido2Policy, current: Fido2Policy, ids: readonly string[]): Fido2Policy {
  const sameId = (a: PasskeyProfile) => (b: PasskeyProfile) => a.id.toLowerCase() === b.id.toLowerCase();
  const [old, now] = [current.passkeyProfiles ?? [], policy.passkeyProfiles ?? []];
  const stay = old.flatMap((profile) =>
    ids.includes(profile.id.toLowerCase()) ? profile : (now.find(sameId(profile)) ?? []),
  );
  const fresh = now.filter((profile) => !old.some(sameId(profile)));
  return structuredClone({ ...policy, passkeyProfiles: [...stay, ...fresh] });
}

function removalRoute(
  current: Fido2Policy,
  target: Fido2Policy,
  before: NormalPolicy,
  after: NormalPolicy,
  options: PlanOptions,
  toggled: readonly Listing[],
): Waypoint[] {
  const tentative = toggled.length > 0 && options.toggle !== "direct";
  const listing = toggled.length > 0 ? `, listing ${count(toggled)} without enforcing the list` : "";
  const purpose = options.purpose ?? "set what is declared";
  const removed = profilesToUntarget(before, after);
  if (removed.length === 0) {
    return [{ kind: "change", policy: target, reason: `${purpose} in one step${listing}`, tentative }];
  }
  const between = keeping(target, current, removed);
  if (newViolations(findViolations(current, options.limits), findViolations(between, options.limits)).length > 0) {
    return [
      {
        kind: "change",
        policy: target,
        reason: `${purpose} and remove ${removed.length} profile(s) in one step${listing}`,
        risk: "there is no room to keep the old profile meanwhile; the service may refuse this, and then nothing is written",
        tentative,
      },
    ];
  }
  return [
    {
      kind: "untarget",
      policy: between,
      reason: `${purpose} and take the targets off the profile that goes${listing}`,
      tentative,
    },
    { kind: "remove", policy: target, reason: `remove ${removed.length} profile(s) that no target names any more` },
  ];
}

function windowRoute(
  current: Fido2Policy,
  target: Fido2Policy,
  before: NormalPolicy,
  after: NormalPolicy,
  options: PlanOptions,
  toggled: readonly Listing[],
): Waypoint[] | { readonly refusal: Problem } {
  const window = enforcedWindow(current, target, toggled, options.inventory);
  if ("refusal" in window) return window;
  const removed = profilesToUntarget(before, after);
  const kept = removed.length === 0 ? window.policy : keeping(window.policy, current, removed);
  const fresh = newViolations(findViolations(current, options.limits), findViolations(kept, options.limits));
  if (fresh.length > 0) return { refusal: fresh[0]! };
  return [
    {
      kind: "enforceWindow",
      policy: kept,
      reason: `enforce an allow list of what is listed, wanted and in use, so that the service takes ${count(toggled)}`,
      risk: "until the next step only listed models work; keys in the inventory are on the list",
    },
    { kind: "release", policy: target, reason: "stop enforcing the list and keep it" },
  ];
}

function count(toggled: readonly Listing[]): string {
  const models = new Set(toggled.flatMap((listing) => listing.added.map((aaguid) => aaguid.toLowerCase()))).size;
  return `${models} new model${models === 1 ? "" : "s"}`;
}
