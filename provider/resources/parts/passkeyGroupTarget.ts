import type { Problem } from "../../policy/index.js";
import { pick, SETTINGS } from "../passkeyPolicy/inputs.js";
import type { CheckedInputs, GuardSettings, PasskeyPolicyInputs } from "../passkeyPolicy/inputs.js";
import type { Part } from "./part.js";

/** Groups as targets of the policy, or as excludes. Other targets and excludes stay. */
export interface PasskeyGroupTargetInputs extends GuardSettings {
  /** Object ids or display names of security groups; `all_users` for an include. */
  groups: string[];
  /** `exclude`: their members may use no passkey at all; an exclude beats every include. Default `include`. */
  kind?: "include" | "exclude";
  /**
   * The profiles of these groups: `profileId` of a `PasskeyProfile` or of its `PasskeyKeyRestrictions`, `default`, or ids.
   * Default `["default"]`. Of includes only.
   */
  profiles?: string[];
  /** The groups must not be there: neither with these profiles nor with others. Default false. */
  removed?: boolean;
}

type List = (typeof LISTS)[number];

function listOf({ kind, removed }: Pick<PasskeyGroupTargetInputs, "kind" | "removed">): List {
  if (removed === true) return kind === "exclude" ? "removedExcludeTargets" : "removedIncludeTargets";
  return kind === "exclude" ? "excludeTargets" : "includeTargets";
}

/** So many groups are named by an id of a resource; of more, the rest is counted. */
const NAMED = 3;

const LISTS = ["includeTargets", "excludeTargets", "removedIncludeTargets", "removedExcludeTargets"] as const;

const listIn = (inputs: CheckedInputs): List => LISTS.find((one) => inputs[one] !== undefined)!;

function idOf(inputs: CheckedInputs): string {
  const list = listIn(inputs);
  const groups = list === "includeTargets" ? inputs.includeTargets!.map(({ group }) => group) : inputs[list]!;
  const ids = groups.map((group) => (inputs.resolved.groups[group] ?? group).toLowerCase()).sort();
  const rest = ids.length > NAMED ? `,+${ids.length - NAMED}` : "";
  const kind = list === "includeTargets" || list === "removedIncludeTargets" ? "include" : "exclude";
  return `${kind}/${ids.slice(0, NAMED).join()}${rest}${list.startsWith("removed") ? "/removed" : ""}`;
}

export const passkeyGroupTarget: Part<PasskeyGroupTargetInputs> = {
  type: "PasskeyGroupTarget",
  declared: ["groups", "kind", "profiles", "removed", ...SETTINGS],
  toPolicy(declared): PasskeyPolicyInputs {
    const { groups, profiles } = declared;
    const list = listOf(declared);
    const settings = pick<GuardSettings>(declared, SETTINGS);
    if (list !== "includeTargets") return { ...settings, [list]: groups };
    // A list that is not known at all yet is one group that is not known.
    const known = Array.isArray(groups) ? groups : [groups as unknown as string];
    return {
      ...settings,
      includeTargets: known.map((group) => ({ group, ...(profiles !== undefined && { profiles }) })),
    };
  },
  fromPolicy(drifted, declared) {
    const list = listOf(declared);
    if (list !== "includeTargets") return { ...declared, groups: drifted[list] ?? [] };
    const targets = drifted.includeTargets ?? [];
    const sets = targets.map(({ profiles = ["default"] }) => profiles);
    const other = sets.find((profiles) => !sameSet(profiles, declared.profiles ?? ["default"]));
    return { ...declared, groups: targets.map(({ group }) => group), ...(other && { profiles: other }) };
  },
  problems({ groups, kind, removed, profiles }) {
    const problems: Problem[] = [];
    const refuse = (place: string, reason: string, wayOut: string) =>
      problems.push({ code: "conflict", place, reason, wayOut });
    if (groups.length === 0) refuse("groups", "it names no group", "Name a group, or leave the resource out");
    if (profiles !== undefined && (kind === "exclude" || removed === true)) {
      const what = removed === true ? "what is removed" : "an exclude";
      refuse("profiles", `${what} has no profiles`, "Leave profiles out");
    }
    return problems;
  },
  id: idOf,
  identity: (inputs) => ({ kind: listIn(inputs) }),
  outputs: (inputs) => ({ groupIds: inputs.resolved.groups }),
};

const sameSet = (a: readonly string[], b: readonly string[]): boolean =>
  JSON.stringify([...new Set(a)].sort()) === JSON.stringify([...new Set(b)].sort());
