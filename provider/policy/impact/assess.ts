import type { Fido2Policy } from "../model.js";
import { normalizePolicy } from "../normalize.js";
import { SignIn } from "../signIn.js";
import { checkBreakGlass } from "./breakGlass.js";
import type { BreakGlass, BreakGlassAccount } from "./breakGlass.js";
import { findExposure } from "./exposure.js";
import type { Exposure, ExposureOptions } from "./exposure.js";
import type { Inventory, NestedMembership, TenantMethods } from "./inventory.js";
import { LossAssessment } from "./loss.js";
import type { Loss } from "./loss.js";
import { reachesNobody, reachOf } from "./reach.js";
import type { Reach } from "./reach.js";

export interface ImpactOptions extends ExposureOptions {
  /** What else decides whether someone can sign in. Default: unknown. */
  readonly tenant?: TenantMethods | undefined;
  /**
   * Whether credentials that belong to one device, such as Windows Hello for Business, are something to fall back on.
   * Default false.
   */
  readonly countLocalCredentials?: boolean | undefined;
  /** Default `unknown`. */
  readonly nestedMembership?: NestedMembership | undefined;
  /** Accounts as the inventory calls them, and groups. */
  readonly breakGlass?: BreakGlass | undefined;
}

/** What a change of the policy does to people. */
export interface Impact {
  /** Whom the change can take a key from at all. */
  readonly reach: Reach;
  /** Groups that the change can take keys from and that the inventory was not read for. */
  readonly outOfScope: readonly string[];
  /** Absent where no inventory was given. */
  readonly loss?: Loss;
  readonly exposure: readonly Exposure[];
  /** Empty without an inventory, or without declared accounts. */
  readonly breakGlass: readonly BreakGlassAccount[];
  /** Declared break-glass groups that the policy excludes after the change; told without an inventory, too. */
  readonly excludedBreakGlass: readonly string[];
}

/**
 * Assesses who loses what, and what becomes acceptable to whom, by a change from one policy to another. Pure: whatever
 * was not read is unknown.
 *
 * A key works if the policy is enabled, its owner is in a target and in no exclude, and at least one of the owner's
 * profiles accepts its type and model. Self-service registration and attestation act at registration only.
 *
 * @param before the policy as Graph returns it.
 * @param after the policy as it will be.
 * @param inventory who has which passkeys; without one only the reach and the exposure are told.
 * @see https://learn.microsoft.com/entra/identity/authentication/how-to-authentication-passkeys-fido2
 */
export function assessImpact(
  before: Fido2Policy,
  after: Fido2Policy,
  inventory?: Inventory,
  options: ImpactOptions = {},
): Impact {
  const [old, now] = [normalizePolicy(before), normalizePolicy(after)];
  const reach = reachOf(old, now);
  const exposure = findExposure(old, now, inventory, options);
  const { nestedMembership = "unknown", countLocalCredentials = false, tenant = {}, breakGlass } = options;
  const excludedBreakGlass = (breakGlass?.groups ?? []).filter((group) =>
    now.excludeTargets.some(({ id }) => id === group),
  );
  if (inventory === undefined) return { reach, outOfScope: [], exposure, breakGlass: [], excludedBreakGlass };
  const { groupsRead, scope } = inventory;
  const signIns = [old, now].map((policy) => new SignIn(policy, { groupsRead, nestedMembership }));
  const [signInBefore, signInAfter] = signIns as [SignIn, SignIn];
  const assessment = new LossAssessment(signInBefore, signInAfter, inventory, {
    tenant,
    countLocalCredentials,
    nestedMembership,
  });
  const outside = scope === "everyone" ? [] : [...reach.groups.filter((group) => !scope.has(group)), ...reach.users];
  return {
    reach,
    outOfScope: scope !== "everyone" && reach.everyone ? ["all_users", ...outside] : outside,
    loss: assessment.run(),
    exposure,
    breakGlass:
      breakGlass === undefined
        ? []
        : checkBreakGlass(signInBefore, signInAfter, inventory, breakGlass, !reachesNobody(reach)),
    excludedBreakGlass,
  };
}
