import { normalizePolicy, peopleText, type Fido2Policy, type Problem } from "../../policy/index.js";
import { familyWords } from "../models.js";
import type { TenantFacts } from "./facts.js";
import type { Note } from "./model.js";
import type { Naming } from "./naming.js";

/** What a reviewer should know beside what changes: each once, in the order of the code. */
export function notesOf(facts: TenantFacts, naming: Naming): Note[] {
  const notes: Note[] = [
    ...facts.plans.flatMap(({ plan, warnings }) =>
      [...plan.warnings, ...warnings].map((one) => ofProblem(one, naming)),
    ),
    ...facts.brokenTogether.map((one) => ofProblem(one, naming)),
    ...facts.unguarded.map(({ resource, guard }) => ({
      code: "unguarded",
      text: `The lock-out guard of ${resource} is ${guard === "off" ? "off" : `set to ${guard}`}, so that nothing refuses what this report warns of.`,
    })),
    ...families(facts, naming),
    ...campaign(facts),
    ...unproven(facts),
  ];
  return [...new Map(notes.map((note) => [`${note.code} ${note.text}`, note])).values()];
}

/** Drift has a section of its own. */
const ELSEWHERE: ReadonlySet<Problem["code"]> = new Set(["ownedValueChanged"]);

function ofProblem({ code, place, reason, wayOut }: Problem, naming: Naming): Note {
  if (ELSEWHERE.has(code)) return { code: "drift", text: `${naming.text(place)}: ${naming.text(reason)}.` };
  return { code, text: `${naming.text(place)}: ${naming.text(reason)}. ${naming.text(wayOut)}.` };
}

/** Profiles that take Microsoft Authenticator or Windows Hello afterwards and did not, or did it otherwise. */
function families({ before, after }: TenantFacts, naming: Naming): Note[] {
  const [old, now] = [normalizePolicy(before), normalizePolicy(after)];
  return now.profiles.flatMap((profile) => {
    const was = old.profiles.find(({ id }) => id === profile.id);
    const earlier = new Map(was === undefined ? [] : familyWords(was.keyRestrictions));
    return familyWords(profile.keyRestrictions).flatMap(([family, words]) =>
      words === earlier.get(family) || !/accepted|listed/.test(words) || words === "not accepted"
        ? []
        : [
            {
              code: family === "Windows Hello" ? "windowsHello" : "microsoftAuthenticator",
              text: `${family} in profile "${naming.profile(profile.id)}": ${words}.`,
            },
          ],
    );
  });
}

/**
 * Whether the campaign that Microsoft manages may ask people to register a passkey: it does where passkeys are on, people
 * may register them themselves, and no list targets models.
 */
function mayCampaign(policy: Fido2Policy): boolean {
  const { state, isSelfServiceRegistrationAllowed, profiles, includeTargets } = normalizePolicy(policy);
  const used = new Set(includeTargets.flatMap((target) => target.profiles));
  const targets = profiles.some(
    ({ id, keyRestrictions }) => used.has(id) && (keyRestrictions.aaGuids ?? []).length > 0,
  );
  return state === "enabled" && isSelfServiceRegistrationAllowed === true && used.size > 0 && !targets;
}

function campaign({ before, after }: TenantFacts): Note[] {
  if (mayCampaign(before) || !mayCampaign(after)) return [];
  const text =
    "Microsoft's registration campaign may begin to ask people for passkeys, where it is left to Microsoft: passkeys are " +
    "on, self-service is allowed and no list names models any more.";
  return [{ code: "registrationCampaign", text }];
}

function unproven({ impact }: TenantFacts): Note[] {
  const count = impact?.loss?.notProven ?? 0;
  if (count === 0) return [];
  const keys = count === 1 ? "1 passkey stays" : `${count.toLocaleString("en-US")} passkeys stay`;
  return [
    {
      code: "notProven",
      text: `${keys} accepted although it was registered without attestation: nobody proved its model.`,
    },
  ];
}

/** Sentences about people beside the outcomes. */
export function peopleNotes({ impact }: TenantFacts): string[] {
  const loss = impact?.loss;
  if (loss === undefined) return [];
  const { disabled, guests } = loss;
  return [
    ...(disabled.withoutKey > 0
      ? [`${peopleText(disabled.withoutKey)} with a disabled account would return without a key.`]
      : []),
    ...(disabled.unknown > 0
      ? [`${peopleText(disabled.unknown)} with a disabled account may return without a key.`]
      : []),
    ...(guests > 0 ? [`${peopleText(guests)} among the guests would lose a key, or may.`] : []),
  ];
}
