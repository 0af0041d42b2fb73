import type { Acceptance } from "../acceptance.js";
import { modelsOf } from "../impact/kinds.js";
import { ALL_USERS } from "../model.js";
import { normalizePolicy } from "../normalize.js";
import type { Fido2Policy } from "../model.js";
import type { NormalExcludeTarget, NormalIncludeTarget, NormalPolicy } from "../normalize.js";
import { SignIn } from "../signIn.js";
import type { Key } from "../signIn.js";

const RANK: Readonly<Record<Acceptance, number>> = { rejected: 0, unknown: 1, accepted: 2 };

/**
 * Whether a policy between two others accepts no key, model by model and type by type, that neither of them accepts of
 * the same people. What could not be read counts as accepted where the others can be read.
 */
export function acceptsNothingNew(before: Fido2Policy, between: Fido2Policy, after: Fido2Policy): boolean {
  const policies = [before, between, after].map((policy) => new SignIn(normalizePolicy(policy)));
  const [old, middle, now] = policies as [SignIn, SignIn, SignIn];
  // People of these groups could use nothing before, or will not be able to.
  const lifted = excludesWithout(old.policy, middle.policy);
  const pending = excludesWithout(now.policy, middle.policy);
  const people = [
    [true, true],
    ...(lifted.length > 0 ? [[false, true]] : []),
    ...(pending.length > 0 ? [[true, false]] : []),
    ...(lifted.length > 0 && pending.length > 0 ? [[false, false]] : []),
  ] as const;
  const types = new Set(
    policies.flatMap(({ policy }) => policy.profiles.flatMap(({ passkeyTypes }) => [...(passkeyTypes ?? ["unread"])])),
  );
  const models = modelsOf(old.policy, middle.policy, now.policy);
  return middle.policy.includeTargets.every((target) =>
    [...types].every((passkeyType) =>
      models.every((aaguid) => {
        const key = { aaguid, passkeyType };
        const accepted = rank(middle, target, key);
        const [then, later] = [rank(old, target, key), rank(now, target, key)];
        return people.every(([could, will]) => accepted <= Math.max(could ? then : 0, will ? later : 0));
      }),
    ),
  );
}

function excludesWithout(policy: NormalPolicy, other: NormalPolicy): readonly NormalExcludeTarget[] {
  return policy.excludeTargets.filter(({ id }) => !other.excludeTargets.some((exclude) => exclude.id === id));
}

/** Whether the people of a target may use a key, by their own targets and everyone's. */
function rank(signIn: SignIn, { id, targetType }: NormalIncludeTarget, key: Key): number {
  const { state, profiles, includeTargets, excludeTargets } = signIn.policy;
  if (state === "disabled" || excludeTargets.some((exclude) => exclude.id === id)) return 0;
  const mine = includeTargets
    .filter((target) => target.id === ALL_USERS || (target.id === id && target.targetType === targetType))
    .flatMap((target) => target.profiles);
  return Math.max(
    0,
    ...profiles.filter((one) => mine.includes(one.id)).map((one) => RANK[signIn.acceptedBy(one, key)]),
  );
}
