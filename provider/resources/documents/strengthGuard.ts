import { assessNarrowerStrength } from "../../impact/strengthChange.js";
import { strengthMembers, type StrengthDocument } from "../../policy/customStrength.js";
import type { MemberValues } from "../../policy/documents.js";
import { narrows, widening } from "../../policy/impact/strengthChange.js";
import { digestOf, impactLines, judgeImpact } from "../../policy/index.js";
import type { Problem, StrengthLimits } from "../../policy/index.js";
import type { Host } from "../host.js";
import { ACKNOWLEDGE_VARIABLE, acknowledgementsOf } from "../passkeyPolicy/guardInputs.js";
import { breakGlassOf } from "../passkeyPolicy/guardSettings.js";
import type { CheckedInputs, GuardSettings } from "../passkeyPolicy/inputs.js";
import { namedInventory } from "../passkeyPolicy/inventory.js";
import { joinGuards, programOf } from "../passkeyPolicy/program.js";
import type { Judgement, Looked } from "./kind.js";

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
  destroy: boolean,
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
  const wider = wideningLines(before, after);
  if (mode === "off" || !narrows(before, after)) return { ...NOTHING, warnings: mode === "off" ? [] : wider };
  const inputs = { ...declared, owner, resolved: { groups: looked.groups ?? {} } } as unknown as CheckedInputs;
  const own_ = breakGlassOf(inputs);
  const { breakGlass } = joinGuards([
    programOf(host.session()).guard(owner),
    own_ === undefined ? {} : { breakGlass: own_ },
  ]);
  const now = host.now();
  const digest = digestOf({ strength: own.id, before, after });
  const assessed = await assessNarrowerStrength(host.people(), {
    strength: { id: own.id, name: own.displayName },
    before,
    after,
    policy: () => host.session().policy(),
    inventory: namedInventory(inputs),
    breakGlass,
    countLocalCredentials: declared.countLocalCredentials,
    nestedMembership: declared.nestedMembership,
    now,
  });
  const { impact, policies, missing, source } = assessed;
  const verdict =
    impact === undefined
      ? { refusals: [], warnings: [] }
      : judgeImpact(impact, {
          mode,
          now,
          acknowledge: acknowledgementsOf([inputs], host.env),
          digest,
          form: destroy ? { variable: ACKNOWLEDGE_VARIABLE } : "program",
        });
  const lines = [
    ...(policies.length > 0
      ? [`plan ${digest}, asked for by ${policies.map((name) => JSON.stringify(name)).join(", ")}`]
      : []),
    ...(source === undefined ? [] : [`  people: ${source}`]),
    ...(impact === undefined ? [] : impactLines(impact).map((line) => `  ${line}`)),
  ];
  return {
    refusals: [...(mode === "enforce" ? missing : []), ...verdict.refusals],
    warnings: [...verdict.warnings, ...(mode === "warn" ? missing : []), ...wider],
    lines,
  };
}

const limited = (allowed: readonly string[] | undefined): Pick<StrengthLimits, "allowedAaguids"> =>
  allowed === undefined ? {} : { allowedAaguids: allowed };

/** Said always: what satisfies a strength lets people in where Conditional Access asks for it. */
function wideningLines(before: StrengthLimits, after: StrengthLimits): Problem[] {
  const { models, combinations, anyModel } = widening(before, after);
  const tell = (place: string, what: string): Problem => ({
    code: "exposure",
    place,
    reason: `${what} will satisfy the strength wherever Conditional Access asks for it`,
    wayOut: "Leave it out if it should not",
  });
  return [
    ...combinations.map((one) => tell("allowedCombinations", one)),
    ...(anyModel ? [tell("models", "passkeys of every model")] : []),
    ...(models.length > 0 ? [tell("models", `${models.length} further model${models.length === 1 ? "" : "s"}`)] : []),
  ];
}
