import { modelName } from "../../catalogue/index.js";
import { impactLines, peopleText, reasonsText } from "../impact/words.js";
import { normalizePolicy } from "../normalize.js";
import { printable, problemText } from "../problem.js";
import type { SuggestedModel, Suggestion } from "./allowList.js";
import type { Stage, StagePlan } from "./stages.js";
import type { Registrable, Task } from "./tasks.js";

const number = (count: number) => count.toLocaleString("en-US");
const models = (count: number) => `${number(count)} model${count === 1 ? "" : "s"}`;

/** How a profile is called, with its id. */
function profileText(id: string, { policy }: Pick<Stage, "policy">): string {
  const name = normalizePolicy(policy).profiles.find((profile) => profile.id === id)?.name;
  return name === undefined ? id : printable(`${name} (${id})`);
}

/** What is known of a model besides its name. */
export function modelNote({ people, onlyKey, compromised, acceptedNow }: SuggestedModel): string {
  const have = (count: number) => (count === 1 ? "has" : "have");
  const some = `, ${number(onlyKey)} of them ${have(onlyKey)} no other`;
  const only = onlyKey === 0 ? "" : onlyKey === people ? `, who ${have(people)} no other` : some;
  const warning = compromised ? "; revoked or reported as compromised: these people need another key" : "";
  return `${peopleText(people)}${only}${acceptedNow ? "" : "; not on the list now"}${warning}`;
}

/** A proposed list in words: counts, never names of people. */
export function suggestionText(suggestion: Suggestion): string {
  const { profiles, models: listed, leftOut, atLeast, people, helpless, impact } = suggestion;
  const whose = profiles.map((id) => profileText(id, suggestion)).join(" and ");
  const proof =
    atLeast === listed.length ? "no smaller one does" : `a smaller one may do, of at least ${models(atLeast)}`;
  const lines = [
    `An allow list for ${whose} that leaves everyone a key: ${models(listed.length)} (${proof}).`,
    ...listed.map((model) => `  ${model.aaguid}  ${model.name}: ${modelNote(model)}`),
  ];
  if (leftOut.length > 0) {
    lines.push("", "Left out, because everyone who has it keeps another key:");
    lines.push(...leftOut.map((model) => `  ${model.aaguid}  ${model.name}: ${peopleText(model.people)}`));
  }
  lines.push("", `It is meant for ${peopleText(people)}.`);
  if (helpless > 0)
    lines.push(`For ${peopleText(helpless)} no list can tell: their passkeys, or the models, could not be read.`);
  lines.push("", "What it does:", ...impactLines(impact).map((line) => `  ${line}`));
  const { loss } = impact;
  if (loss !== undefined && loss.counts.unknown > 0) lines.push(`  unknown, because: ${reasonsText(loss, "unknown")}`);
  if (impact.outOfScope.length > 0) {
    lines.push(`  the inventory was not read for everyone whom it concerns: ${impact.outOfScope.join(", ")}`);
  }
  return lines.join("\n");
}

/** At most this many tasks are told one by one. */
const MOST_TASKS = 20;

/** A staged plan in words: counts, never names of people. */
export function stagePlanText({ stages, blocked }: StagePlan): string {
  const lines: string[] = [];
  const end = stages.at(-1)!;
  if (stages.length === 1 && end.first.length === 0 && blocked.length === 0) {
    lines.push("The wanted policy can be applied now: it strands nobody.");
  }
  if (blocked.length > 0) {
    lines.push("In the way, whoever does what:", ...blocked.map((problem) => `  ${problemText(problem)}`), "");
  }
  if (stages.length > 1) lines.push(...nowLines(stages[0]!), "");
  else if (end.first.length > 0) lines.push("Nothing of it can be applied now.", "");
  if (end.first.length > 0) lines.push(...firstLines(end.first), "", "Then the wanted policy can be applied.");
  if (end.first.length === 0) lines.push(...impactLines(end.impact).map((line) => `  ${line}`));
  return lines.join("\n");
}

function nowLines(stage: Stage): string[] {
  const lines = ["Can be applied now:"];
  if (stage.waiting.length === 0) lines.push("  the wanted policy, with the models that people still need");
  else lines.push(`  the wanted policy but for ${stage.waiting.join(", ")}`);
  for (const [profile, aaguids] of stage.stillAccepted) {
    lines.push(`  still accepted by ${profileText(profile, stage)}:`);
    lines.push(...aaguids.map((aaguid) => `    ${aaguid}  ${modelName(aaguid)}`));
  }
  return [...lines, ...impactLines(stage.impact).map((line) => `  ${line}`)];
}

const WITHOUT: Readonly<Record<Task["outcome"], string>> = {
  lockedOut: "else locked out",
  stranded: "else stranded",
  unknown: "it is not known what they have",
};

function firstLines(tasks: readonly Task[]): string[] {
  const lines = ["Before the rest:"];
  for (const { people, outcome, groups, models: held, register } of tasks.slice(0, MOST_TASKS)) {
    const through = groups.length === 0 ? "" : ` through ${groups.join(", ")}`;
    const having = held === undefined ? "" : held.length === 0 ? "" : ` with ${held.map(modelName).join(" and ")}`;
    lines.push(`  ${peopleText(people)}${through}${having} (${WITHOUT[outcome]}): ${registerText(register)}`);
  }
  const rest = tasks.slice(MOST_TASKS).reduce((sum, { people }) => sum + people, 0);
  if (rest > 0) lines.push(`  and ${peopleText(rest)} with other keys and groups`);
  return lines;
}

function registerText(register: Registrable): string {
  if (register === "nothing") return "no passkey of theirs will work; give them another way to sign in";
  if (register === "unknown") return "find out what they have, and what will work";
  const names = (aaguids: readonly string[]) => [...new Set(aaguids.map(modelName))].sort().join(", ");
  if ("only" in register) return `register one of ${names(register.only)}`;
  return register.anyBut.length === 0
    ? "register another key"
    : `register a key that is none of ${names(register.anyBut)}`;
}
