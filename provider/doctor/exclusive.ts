import { isAboutAction, isOn, scopeOf } from "../policy/access/applies.js";
import { fido2Limit, strengthOf } from "../policy/access/grants.js";
import { NOBODY, type AuthenticationStrength, type ConditionalAccessPolicy } from "../policy/access/index.js";
import { requirementOf } from "../policy/access/requirement.js";
import { isRequired, satisfies } from "../policy/impact/strengths.js";
import { allows } from "../policy/impact/methods.js";
import {
  ALL_USERS,
  findOverlaps,
  type Inventory,
  type MethodPolicy,
  type NormalPolicy,
  type StrengthRequirement,
} from "../policy/index.js";
import { notesOf, type Finding } from "./findings.js";
import { methodFacts, onlyThis, type MethodFacts } from "./otherMethods.js";

const notes = notesOf("exclusive");

/** What decides which methods the people of an exclusive profile have. */
export interface ExclusiveFacts {
  readonly policy: NormalPolicy;
  /** Ids of exclusive profiles, with what the program calls them; absent where no program is given. */
  readonly exclusive: ReadonlyMap<string, string> | undefined;
  /** Absent where they could not be read. */
  readonly methods: readonly MethodPolicy[] | undefined;
  readonly conditionalAccess: readonly ConditionalAccessPolicy[] | undefined;
  readonly strengths: readonly AuthenticationStrength[] | undefined;
  readonly inventory?: Inventory | undefined;
  readonly groupName: (id: string) => string;
}

/** What the people of each exclusive profile can sign in with all the same. */
export function checkExclusive(facts: ExclusiveFacts): Finding[] {
  const { policy, exclusive } = facts;
  if (exclusive === undefined) {
    return [
      notes.info(
        "exclusive",
        "not looked at: which profiles are exclusive is in the program",
        "Name its folder with --program, or its state or preview with --stack-file",
      ),
    ];
  }
  if (exclusive.size === 0) return [notes.info("exclusive", "the program has no exclusive profile")];
  const ids = [...exclusive].map(([id, place]) => ({ id, place }));
  const { refusals } = findOverlaps(policy, ids, new Map());
  return [
    ...refusals.map(({ place, reason, wayOut }) => notes.warning(place, reason, wayOut)),
    ...ids.flatMap(({ id, place }) => profile(facts, id, place)),
  ];
}

function profile(facts: ExclusiveFacts, id: string, place: string): Finding[] {
  const { policy, methods } = facts;
  const found = policy.profiles.find((one) => one.id === id);
  if (found === undefined) {
    return [notes.info(place, "the policy does not have the profile (yet)", "Run `pulumi up`")];
  }
  const subject = found.name === undefined || found.name === "" ? place : `profile ${JSON.stringify(found.name)}`;
  const groups = policy.includeTargets
    .filter(({ profiles, targetType }) => profiles.includes(id) && targetType === "group")
    .map((target) => target.id);
  if (groups.length === 0) return [notes.info(subject, "no group has it, so that it is nobody's")];
  const asked = askedOf(facts, groups);
  if (methods === undefined) {
    const next = "Grant Policy.Read.AuthenticationMethod";
    return [
      strengthFinding(facts, subject, asked),
      notes.warning(subject, "which other methods work is not known", next),
    ];
  }
  return [
    strengthFinding(facts, subject, asked),
    ...methods.flatMap((method) => methodFinding(facts, subject, groups, asked, method)),
  ];
}

/** The strengths that Conditional Access always asks the members of every one of the groups for. */
function askedOf({ conditionalAccess, strengths }: ExclusiveFacts, groups: readonly string[]): StrengthRequirement[] {
  return (conditionalAccess ?? []).flatMap((document) => {
    if (isOn(document) !== "accepted" || isAboutAction(document)) return [];
    const { users } = document.conditions;
    const strength = document.grantControls && strengthOf(document.grantControls, strengths);
    if (users === undefined || strength?.allowedCombinations === undefined) return [];
    const limit = fido2Limit(strength);
    const requirement = requirementOf(document, {
      name: strength.displayName,
      allowedCombinations: strength.allowedCombinations,
      ...(Array.isArray(limit) && { allowedAaguids: limit as string[] }),
    });
    if (requirement === undefined) return [];
    const scope = { ...requirement, ...scopeOf(users) };
    const sure = groups.every((group) => isRequired(scope, member(group), contextOf(group)) === "accepted");
    return sure ? [requirement] : [];
  });
}

/** Somebody in this group, of whom nothing else is known. */
const member = (group: string) => ({ user: NOBODY, userType: "member", groups: group === ALL_USERS ? [] : [group] });
const contextOf = (group: string) => ({ nestedMembership: "unknown" as const, groupsRead: new Set([group]) });

function strengthFinding(
  { conditionalAccess }: ExclusiveFacts,
  subject: string,
  asked: readonly StrengthRequirement[],
): Finding {
  const [first] = asked;
  if (first !== undefined) {
    const says = `Conditional Access policy "${first.policy}" always asks its people for the strength "${first.strength}"`;
    return notes.ok(subject, says);
  }
  if (conditionalAccess === undefined) {
    return notes.warning(subject, "what Conditional Access asks of its people is not known", "Grant Policy.Read.All");
  }
  return notes.warning(
    subject,
    "no Conditional Access policy is known to ask its people for a strength always: the passkey policy says which keys " +
      "work, and not that a key has to be used",
    "Ask for a PasskeyAuthenticationStrength of its models by a Conditional Access policy for its groups and all resources",
  );
}

function methodFinding(
  facts: ExclusiveFacts,
  subject: string,
  groups: readonly string[],
  asked: readonly StrengthRequirement[],
  method: MethodPolicy,
): Finding[] {
  const known = methodFacts(method.id);
  const allowed = groups.map((group) => ({ group, answer: allows(method, member(group), contextOf(group)) }));
  const usable = allowed.filter(({ answer }) => answer !== "rejected");
  if (usable.length === 0) return [];
  const who = usable.map(({ group }) => facts.groupName(group)).join(", ");
  const sure = usable.some(({ answer }) => answer === "accepted");
  const can = `${known.title}: ${who} ${sure ? "can" : "may"} use it`;
  const shut = asked.find((one) => known.words.length > 0 && satisfies(one, [], onlyThis(known)) === "rejected");
  if (shut !== undefined && known.worth !== "start") {
    return [notes.ok(subject, `${can}, but the strength "${shut.strength}" does not take it`)];
  }
  const people = registered(facts.inventory, groups, known);
  switch (known.worth) {
    case "weak":
      return [
        notes.warning(
          subject,
          `${can} to sign in without a key${people}`,
          `Exclude ${usable.length === 1 ? "the group" : "the groups"} from the policy of ${method.id}, or ask for a strength that does not take it`,
        ),
      ];
    case "strong":
      return [notes.info(subject, `${can}; it cannot be phished where it stands for several factors${people}`)];
    case "start":
      return [notes.info(subject, `${can}, which a first key needs; whoever issues a pass lets somebody in`)];
    case "reset":
      return [notes.info(subject, `${can} to reset a password, and not to sign in${people}`)];
    default:
      return [
        notes.warning(
          subject,
          `${can}; this version does not know the method`,
          `Look up what ${method.id} lets people do`,
        ),
      ];
  }
}

/** How many have registered it, where an inventory tells. */
function registered(inventory: Inventory | undefined, groups: readonly string[], { words }: MethodFacts): string {
  if (inventory === undefined || words.length === 0) return "";
  const everyone = groups.includes(ALL_USERS);
  const mine = inventory.people.filter((person) => everyone || person.groups.some((group) => groups.includes(group)));
  const unread = mine.filter(({ otherMethods }) => otherMethods === undefined).length;
  const having = mine.filter(({ otherMethods }) => otherMethods?.some((word) => words.includes(word.toLowerCase())));
  const rest = unread === 0 ? "" : `, and of ${unread} it is not known`;
  return ` (${having.length} of ${mine.length} people of the inventory have registered it${rest})`;
}
