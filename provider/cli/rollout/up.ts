import { createRollout } from "../../rollout/local/folder.js";
import type { Lock } from "../../apply/lock.js";
import { lockRollout, lockTenants } from "../../rollout/local/locks.js";
import type { RolloutPlan, WaveSpec } from "../../rollout/plan.js";
import type { RolloutState } from "../../rollout/records.js";
import { runRollout } from "../../rollout/run.js";
import { findRollout, isUnfinished, newestRollout, placeOf, type Place } from "./choose.js";
import { confirmed, drive, fileName, holding, withConcurrency, type RunFlags } from "./drive.js";
import { duration, plural } from "./sentences.js";
import { exitCode, ROLLOUT_EXIT } from "./summary.js";
import { columns, oneLine, type Surface } from "./surface.js";

export interface ResumeFlags extends RunFlags {
  readonly rollout?: string;
  readonly retry?: boolean;
}

/** `entra-passkeys rollout up`: begins a rollout. */
export async function up(surface: Surface, file: string, flags: RunFlags): Promise<number> {
  const plan = surface.parts.readPlan(file);
  const place = placeOf(plan.file, flags.folder);
  refuseSecond(place);
  if (!(await wanted(surface, plan, flags))) return ROLLOUT_EXIT.error;
  // Of two that begin at the same time, only one may find that nothing is unfinished.
  const tenants = await lockTenants(surface.cache, plan.tenants);
  const locks: Lock[] = [tenants];
  try {
    refuseSecond(place);
    const { id, folder } = createRollout(place.folder, plan, surface.now());
    tenants.name(id);
    locks.push(await lockRollout(folder, id));
    return await drive(surface, { plan, id, folder, flags }, run(surface, plan, id, flags));
  } finally {
    locks.reverse().forEach((lock) => lock.release());
  }
}

/** Shows what is about to happen, and asks whether it is to. */
export async function wanted(surface: Surface, plan: RolloutPlan, flags: RunFlags): Promise<boolean> {
  if (!flags.json) surface.out.write(`${planText(plan).join("\n")}\n\n`);
  const question = `Roll out to ${plural(plan.tenants.length, "tenant")} in ${plural(plan.waves.length, "wave")}?`;
  const answer = await confirmed(surface, question, flags);
  if (!answer) surface.err.write("Nothing was begun.\n");
  return answer;
}

/** `entra-passkeys rollout resume`: goes on with a rollout that was stopped or killed. */
export async function resume(surface: Surface, file: string, flags: ResumeFlags): Promise<number> {
  const plan = surface.parts.readPlan(file);
  const place = placeOf(plan.file, flags.folder);
  const { id, folder, state } = findRollout(place, flags.rollout);
  const code = nothingToResume(surface, plan, id, state, flags);
  if (code !== undefined) return code;
  return holding(surface, plan, id, folder, () =>
    drive(surface, { plan, id, folder, flags }, run(surface, plan, id, flags)),
  );
}

/**
 * The exit code where there is nothing to go on with, which is said; nothing where there is. Throws where it cannot be gone
 * on with: it was aborted, or the plan is another one.
 */
export function nothingToResume(
  surface: Surface,
  plan: RolloutPlan,
  id: string,
  state: RolloutState,
  flags: Pick<ResumeFlags, "retry">,
): number | undefined {
  if (state.ended?.how === "aborted") {
    throw new Error(
      `Rollout ${id} was ${state.ended.reason}, for good. Begin a new one with "entra-passkeys rollout up".`,
    );
  }
  if (state.ended?.how === "done") {
    const open = [...state.tenants.values()].filter(({ phase }) => phase === "failed" || phase === "heldBack").length;
    if (open === 0 || !flags.retry) {
      const retry = open === 0 ? "" : ` Try ${plural(open, "tenant")} again that failed or was held back by --retry.`;
      surface.err.write(`Rollout ${id} is done; there is nothing to go on with.${retry}\n`);
      return exitCode(state);
    }
  }
  const digest = surface.parts.planDigest(plan);
  if (digest !== state.plan) {
    throw new Error(
      `${fileName(plan)} has changed since rollout ${id} began, and another plan is another rollout. Put the file back as ` +
        `it was to go on; or end the rollout with "entra-passkeys rollout abort" and begin a new one with "entra-passkeys ` +
        `rollout up", which skips the tenants that have what they should have.`,
    );
  }
  return undefined;
}

function run(surface: Surface, plan: RolloutPlan, id: string, flags: RunFlags): Parameters<typeof drive>[2] {
  return async (activities, surroundings, journal) => {
    const identity = { rollout: id, plan: surface.parts.planDigest(plan) };
    const wide = withConcurrency(plan, flags.concurrency);
    const state = await runRollout(wide, identity, [...journal.records], activities, surroundings);
    return { state, code: exitCode(state) };
  };
}

function refuseSecond(place: Place): void {
  const last = newestRollout(place);
  if (last !== undefined && isUnfinished(last)) throw unfinished(last.id);
}

/** Another rollout has to end first. */
export const unfinished = (id: string): Error =>
  new Error(
    `Rollout ${id} of this file is not finished. Go on with it by "entra-passkeys rollout resume", or end it for good by ` +
      `"entra-passkeys rollout abort".`,
  );

/** What is about to happen. */
export function planText(plan: RolloutPlan): string[] {
  const rows = plan.waves.map((wave) => [
    oneLine(wave.name),
    plural(wave.tenants.length, "tenant"),
    `${wave.concurrency} at a time`,
    gateText(wave),
  ]);
  return columns([["Wave", "Tenants", "", "Gate"], ...rows]);
}

function gateText({ gate: { healthCheck, soakMs, approval } }: WaveSpec): string {
  const parts = [
    ...(healthCheck === undefined ? [] : ["health check"]),
    ...(soakMs === 0 ? [] : [`soaks ${duration(soakMs)}`]),
    ...(approval === undefined ? [] : ["approval"]),
  ];
  return parts.length === 0 ? "none" : parts.join(", then ");
}
