import { isDeepStrictEqual } from "node:util";
import { normalizePolicy, readFacet, sameFacet } from "../policy/index.js";
import type { FacetName, FacetValue, Fido2Policy, Step } from "../policy/index.js";
import type { TenantSession } from "./session.js";

/** What became of one step. */
export type StepOutcome =
  | { readonly kind: "applied"; readonly policy: Fido2Policy }
  /** 400: nothing was written. */
  | { readonly kind: "refused"; readonly error: Error }
  /** 204, but the list is as it was while the rest of the step shows. */
  | { readonly kind: "dropped"; readonly policy: Fido2Policy }
  /** A part has a value that neither this run nor the tenant had before. */
  | { readonly kind: "conflict"; readonly policy: Fido2Policy; readonly facets: readonly FacetName[] }
  /** The service put the step off, and someone else wrote meanwhile: it was given up, and nothing was written. */
  | { readonly kind: "overtaken"; readonly policy: Fido2Policy; readonly members: readonly string[] }
  /** The answer was lost, and reading shows that the step did not happen. */
  | { readonly kind: "notApplied"; readonly policy: Fido2Policy; readonly error: Error }
  /** The service took the step, but reading does not show it. */
  | { readonly kind: "notVisible"; readonly policy: Fido2Policy };

/** Every value that a part had in this run: a read that is behind may answer any of them. */
export type History = Map<FacetName, FacetValue[]>;

export interface WriteOptions {
  /** How long to read back until a change shows, in seconds. */
  readonly verifySeconds: number;
  /** Called once the service has, or may have, taken a step: what fails from then on must not lose what was written. */
  readonly onTaken?: () => void;
}

/** Pauses between the reads that wait for a change to show, in milliseconds; the last one repeats. */
export const PAUSES = [150, 300, 600, 1200, 2500, 4000];

const named = (error: unknown, name: string): error is Error => error instanceof Error && error.name === name;

/** Whether a write may or may not have happened. */
export const isLostAnswer = (error: unknown): error is Error => named(error, "OutcomeUnknownError");

/** Ends the repeating of a write that would undo what someone else wrote while the service put it off. */
class Overtaken extends Error {
  constructor(
    readonly policy: Fido2Policy,
    readonly members: readonly string[],
  ) {
    super("someone else wrote meanwhile");
  }
}

/** The members that a step writes and that are not as they were. Lists are replaced whole, so all of them counts. */
function changedMembers(step: Step, from: Fido2Policy, now: Fido2Policy): string[] {
  const parts = (policy: Fido2Policy, member: string) => (policy as Readonly<Record<string, unknown>>)[member];
  return Object.keys(step.body).filter(
    (member) => !member.includes("@") && !isDeepStrictEqual(parts(from, member), parts(now, member)),
  );
}

/**
 * Writes one step and reads back until it shows. A lost answer is settled by reading, never by writing again. Errors
 * that say nothing was written, and errors of reading, are thrown as they are.
 *
 * @param from the policy that the step was planned on.
 */
export async function writeStep(
  session: TenantSession,
  step: Step,
  from: Fido2Policy,
  history: History,
  options: WriteOptions,
): Promise<StepOutcome> {
  let lost: Error | undefined;
  const beforeRepeat = async () => {
    const policy = await session.readAgain();
    const members = changedMembers(step, from, policy);
    if (members.length > 0) throw new Overtaken(policy, members);
    session.forget();
  };
  session.forget();
  session.writing(step.expects);
  try {
    await session.graph.patchPasskeyPolicy(step.body, { beforeRepeat });
  } catch (error) {
    if (error instanceof Overtaken) return { kind: "overtaken", policy: error.policy, members: error.members };
    if (named(error, "BadRequestError")) return { kind: "refused", error };
    if (!isLostAnswer(error)) throw error;
    lost = error;
  }
  options.onTaken?.();
  // Without an answer, or with a list that may be dropped, "not there" is a likely end and worth a shorter wait.
  const seconds = lost !== undefined || step.tentative ? options.verifySeconds / 3 : options.verifySeconds;
  const deadline = session.clock.now() + seconds * 1000;
  for (let attempt = 0; ; attempt += 1) {
    const policy = await session.readAgain();
    const sight = judge(policy, step, history);
    if (sight.foreign.length > 0) return { kind: "conflict", policy, facets: sight.foreign };
    if (sight.missing.length === 0) {
      session.wrote(step.expects);
      return { kind: "applied", policy };
    }
    const shows = sight.missing.length < step.expects.length;
    if (step.tentative && shows && sight.missing.every(isList)) return { kind: "dropped", policy };
    const pause = PAUSES[Math.min(attempt, PAUSES.length - 1)]!;
    if (session.clock.now() + pause > deadline) {
      if (lost !== undefined && !shows) return { kind: "notApplied", policy, error: lost };
      if (step.tentative && sight.missing.every(isList)) return { kind: "dropped", policy };
      return { kind: "notVisible", policy };
    }
    await session.clock.sleep(pause);
  }
}

const isList = (facet: FacetName) => facet.endsWith("/aaGuids");

interface Sight {
  /** Parts that still have an older value. */
  readonly missing: readonly FacetName[];
  /** Parts with a value that did not come from this run. */
  readonly foreign: readonly FacetName[];
}

function judge(policy: Fido2Policy, step: Step, history: History): Sight {
  const now = normalizePolicy(policy);
  const missing: FacetName[] = [];
  const foreign: FacetName[] = [];
  for (const { facet, after } of step.expects) {
    const value = readFacet(now, facet);
    // A part that could not be read, or one of a profile that a slow read does not show yet, is waited for.
    if (sameFacet(value, after)) continue;
    const older = value === undefined || (history.get(facet) ?? []).some((known) => sameFacet(known, value));
    (older ? missing : foreign).push(facet);
  }
  return { missing, foreign };
}

/** Adds the values of a step's parts to what a slow read may answer. */
export function remember(history: History, step: Step): void {
  for (const { facet, before, after } of step.expects) {
    const known = history.get(facet) ?? [];
    // Of a new profile whose list the service drops, an empty one is left; nobody else has made it.
    const left = step.tentative && isList(facet) && before === null ? [[]] : [];
    history.set(facet, [...known, before, after, ...left]);
  }
}
