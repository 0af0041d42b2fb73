import { FRESH_MS } from "../../apply/index.js";
import { assessNarrowerStrength } from "../../impact/strengthChange.js";
import { strengthMembers, type StrengthDocument } from "../../policy/customStrength.js";
import type { MemberValues } from "../../policy/documents.js";
import { narrows, widening } from "../../policy/impact/strengthChange.js";
import { acknowledgementFor, digestOf, impactLines, judgeImpact } from "../../policy/index.js";
import type { Problem, StrengthLimits } from "../../policy/index.js";
import type { Host } from "../host.js";
import { ACKNOWLEDGE_VARIABLE, acknowledgementsOf } from "../passkeyPolicy/guardInputs.js";
import { breakGlassOf, groupIds } from "../passkeyPolicy/guardSettings.js";
import type { CheckedInputs, GuardSettings } from "../passkeyPolicy/inputs.js";
import { namedInventory } from "../passkeyPolicy/inventory.js";
import { joinGuards, programOf } from "../passkeyPolicy/program.js";
import type { Judgement, JudgedRun, Looked } from "./kind.js";

interface Guarded {
  readonly owner: string;
  readonly declared: GuardSettings;
  readonly looked: Looked;
}

const NOTHING: Judgement = { refusals: [], warnings: [], lines: [] };

/**
 * Judges a change of a strength that there is: whom it locks out where an enabled Conditional Access policy asks for it,
 * and what satisfies it now that did not. Nobody is asked for a new one yet, and one that is asked for cannot be deleted.
 */
export async function judgeStrength(
  host: Host,
  { owner, declared, looked }: Guarded,
  doc: StrengthDocument,
  changes: MemberValues,
  { stage, policy: planned }: JudgedRun,
): Promise<Judgement> {
  const { own } = doc;
  if (own === undefined || changes.get("exists") === null) return NOTHING;
  const members = new Map([...strengthMembers(doc), ...changes]);
  const before: StrengthLimits = {
    allowedCombinations: own.allowedCombinations,
    ...limited(own.fido2?.allowedAAGUIDs),
  };
  const after: StrengthLimits = {
    allowedCombinations: members.get("allowedCombinations") as readonly string[],
    ...limited((members.get("allowedAAGUIDs") ?? undefined) as readonly string[] | undefined),
  };
  const mode = declared.lockoutGuard ?? "enforce";
  const inputs = { ...declared, owner, resolved: { groups: looked.groups ?? {} } } as unknown as CheckedInputs;
  const declaredAccounts = breakGlassOf(inputs);
  const program = programOf(host.session()).guard(owner);
  const { breakGlass } = joinGuards([program, declaredAccounts === undefined ? {} : { breakGlass: declaredAccounts }]);
  if (mode === "off" && breakGlass === undefined) return NOTHING;
  const adminGroups = new Set([...groupIds(inputs, inputs.adminGroups), ...(program.adminGroups ?? [])]);
  const narrower = narrows(before, after);
  const wider = wideningLines(before, after);
  // What is written is judged by Conditional Access as it is by then.
  const maxAge = stage !== "preview" && (narrower || wider.length > 0) ? FRESH_MS : undefined;
  const now = host.now();
  const digest = digestOf({ strength: own.id, before: inOrder(before), after: inOrder(after) });
  const { impact, policies, requirements, missing, source } = await assessNarrowerStrength(host.people(), {
    strength: { id: own.id, name: own.displayName },
    before,
    after,
    narrower,
    policy: () => (planned === undefined ? host.session().policy(maxAge) : Promise.resolve(planned)),
    maxAge,
    inventory: namedInventory(inputs),
    breakGlass,
    countLocalCredentials: declared.countLocalCredentials,
    nestedMembership: declared.nestedMembership,
    now,
  });
  const acknowledge = acknowledgementsOf([inputs], host.env);
  const rules = {
    mode,
    now,
    acknowledge,
    digest,
    form: stage === "destroy" ? { variable: ACKNOWLEDGE_VARIABLE } : "program",
  } as const;
  const verdict = impact === undefined ? { refusals: [], warnings: [] } : judgeImpact(impact, rules);
  const unread = narrower ? missing : [];
  const asksAdmins = requirements.some(
    ({ includeGroups, includesRoles }) => includesRoles || includeGroups.some((group) => adminGroups.has(group)),
  );
  const standing = acknowledgementFor(acknowledge, digest, now);
  const isGiven = standing !== undefined && "holds" in standing && standing.holds.exposure === true;
  const opened = asksAdmins && !isGiven ? wider.filter(({ weak }) => weak).map((one) => forAdmins(one, digest)) : [];
  const refused = mode === "enforce" ? [...unread, ...opened] : breakGlass === undefined ? [] : unread;
  const warned =
    mode === "off" ? [] : [...(mode === "warn" ? [...unread, ...opened] : []), ...wider.map(({ problem }) => problem)];
  const told =
    policies.length === 0
      ? []
      : [`plan ${digest}, asked for by ${policies.map((name) => JSON.stringify(name)).join(", ")}`];
  return {
    refusals: [...refused, ...verdict.refusals],
    warnings: [...verdict.warnings, ...warned],
    plan: digest,
    ...(impact !== undefined && { impact }),
    lines:
      mode === "off"
        ? []
        : [
            ...told,
            ...(source === undefined ? [] : [`  people: ${source}`]),
            ...(impact === undefined ? [] : impactLines(impact).map((line) => `  ${line}`)),
          ],
  };
}

/** The same strength has the same digest, in whatever order Graph answers. */
const inOrder = ({ allowedCombinations, allowedAaguids }: StrengthLimits): object => ({
  allowedCombinations: [...allowedCombinations].sort(),
  ...(allowedAaguids && { allowedAaguids: allowedAaguids.map((aaguid) => aaguid.toLowerCase()).sort() }),
});

const limited = (allowed: readonly string[] | undefined): Pick<StrengthLimits, "allowedAaguids"> =>
  allowed === undefined ? {} : { allowedAaguids: allowed };

interface Widening {
  /** Another kind of method, or every model: for administrators it has to be acknowledged. */
  readonly weak: boolean;
  readonly problem: Problem;
}

/** What comes to satisfy a strength, and so lets people in where Conditional Access asks for it. */
function wideningLines(before: StrengthLimits, after: StrengthLimits): Widening[] {
  const { models, combinations, anyModel } = widening(before, after);
  const tell = (weak: boolean, place: string, what: string): Widening => ({
    weak,
    problem: {
      code: "exposure",
      place,
      reason: `${what} will satisfy the strength wherever Conditional Access asks for it`,
      wayOut: "Leave it out if it should not",
    },
  });
  return [
    ...combinations.map((one) => tell(true, "allowedCombinations", one)),
    ...(anyModel ? [tell(true, "models", "passkeys of every model")] : []),
    ...(models.length > 0
      ? [tell(false, "models", `${models.length} further model${models.length === 1 ? "" : "s"}`)]
      : []),
  ];
}

function forAdmins({ problem }: Widening, digest: string): Problem {
  const reason = `${problem.reason}, of administrators, too`;
  const wayOut = `Leave it out, or acknowledge this plan: plan "${digest}" with exposure: true, until and reason`;
  return { ...problem, reason, wayOut };
}
