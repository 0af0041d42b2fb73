import { acknowledgementFaults, isGuid } from "../../policy/index.js";
import type { Acknowledgement, Problem } from "../../policy/index.js";
import type { PasskeyPolicyInputs } from "./inputs.js";
import { hasUnknown, UNKNOWN_VALUE } from "./unknown.js";

/** Where a destroy, which sees no program, takes an acknowledgement from: one, or a list, as JSON. */
export const ACKNOWLEDGE_VARIABLE = "ENTRA_PASSKEYS_ACKNOWLEDGE";

type Guarded = Pick<PasskeyPolicyInputs, "acknowledge" | "breakGlass">;

const listed = (inputs: Guarded): readonly Acknowledgement[] => {
  const { acknowledge } = inputs;
  return acknowledge === undefined ? [] : Array.isArray(acknowledge) ? acknowledge : [acknowledge];
};

/** What is wrong with acknowledgements and break-glass accounts in a program. */
export function guardInputProblems(inputs: Guarded): Problem[] {
  const problems: Problem[] = [];
  const inList = Array.isArray(inputs.acknowledge);
  for (const [index, one] of listed(inputs).entries()) {
    if (hasUnknown(one)) continue;
    const place = inList ? `acknowledge[${index}]` : "acknowledge";
    for (const { part, reason } of acknowledgementFaults(one)) {
      const wayOut = "Take the acknowledgement that the preview proposes, with your own reason";
      problems.push({ code: "malformedValue", place: `${place}.${part}`, reason, wayOut });
    }
  }
  const { breakGlass } = inputs;
  if (breakGlass !== undefined && breakGlass.group === undefined && (breakGlass.users ?? []).length === 0) {
    const reason = "it names neither a group nor an account, so that nobody would be looked after";
    problems.push({
      code: "malformedValue",
      place: "breakGlass",
      reason,
      wayOut: "Name a group or accounts, or leave it out",
    });
  }
  for (const [index, user] of (inputs.breakGlass?.users ?? []).entries()) {
    if (user === UNKNOWN_VALUE || isGuid(user)) continue;
    problems.push({
      code: "malformedValue",
      place: `breakGlass.users[${index}]`,
      reason: "it is not the object id of an account",
      wayOut: "Use the object id; names of accounts are kept nowhere",
    });
  }
  return problems;
}

/**
 * The acknowledgements that count: those of the program's resources, and those of the environment, which a destroy needs.
 *
 * @throws Error for an environment variable that is none.
 */
export function acknowledgementsOf(declared: readonly Guarded[], env: NodeJS.ProcessEnv): Acknowledgement[] {
  return [...declared.flatMap(listed), ...fromEnvironment(env[ACKNOWLEDGE_VARIABLE])];
}

function fromEnvironment(text: string | undefined): Acknowledgement[] {
  if (text === undefined || text.trim() === "") return [];
  const example = '{"plan":"...","stranded":1,"until":"2030-01-31","reason":"..."}';
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new Error(`${ACKNOWLEDGE_VARIABLE} is not JSON. Give it the form ${example}.`);
  }
  return (Array.isArray(parsed) ? parsed : [parsed]).map((one: unknown) => {
    const { plan, until, reason } = (one ?? {}) as Partial<Acknowledgement>;
    if (typeof plan !== "string" || typeof until !== "string" || typeof reason !== "string") {
      throw new Error(`${ACKNOWLEDGE_VARIABLE} lacks plan, until or reason. Give it the form ${example}.`);
    }
    const [fault] = acknowledgementFaults(one as Acknowledgement);
    if (fault !== undefined) throw new Error(`${ACKNOWLEDGE_VARIABLE}, ${fault.part}: ${fault.reason}.`);
    return one as Acknowledgement;
  });
}
