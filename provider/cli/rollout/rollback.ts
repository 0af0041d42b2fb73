import { rollBack, rollbackWaves, type RollbackScope } from "../../rollout/rollback.js";
import type { StoredRollout } from "../../rollout/local/folder.js";
import type { RolloutState, TenantPhase } from "../../rollout/records.js";
import { chosenIn, findRollout, isUnfinished, placeOf } from "./choose.js";
import { confirmed, drive, holding, withConcurrency, type Act, type Outcome, type RunFlags } from "./drive.js";
import { plural } from "./sentences.js";
import { ROLLOUT_EXIT, wavesOf } from "./summary.js";
import type { Surface } from "./surface.js";

export interface RollbackFlags extends RunFlags {
  readonly rollout?: string;
  readonly wave: readonly string[];
  readonly tenant: readonly string[];
  readonly by?: string;
}

/** `entra-passkeys rollout rollback`: gives tenants back what was saved of them before their first update. */
export async function rollback(surface: Surface, file: string, flags: RollbackFlags): Promise<number> {
  const plan = surface.parts.readPlan(file);
  const found = findRollout(placeOf(plan.file, flags.folder), flags.rollout);
  const { id, folder } = found;
  const wish = await wishedBack(surface, found, found.note.tenants, flags);
  if (typeof wish === "number") return wish;
  const { scope, ends } = wish;
  const act: Act = async (activities, surroundings, journal) => {
    // Otherwise a resume would go on with what is given back.
    if (ends) await surroundings.record({ kind: "aborted", by: flags.by ?? surface.user });
    const wide = withConcurrency(plan, flags.concurrency);
    const { state, stopped } = await rollBack(wide, journal.records, activities, surroundings, scope);
    return givenBack(state, scope, stopped);
  };
  return holding(surface, plan, id, folder, () => drive(surface, { plan, id, folder, flags, lines: true }, act));
}

/** What is to be given back. */
export interface Wish {
  readonly scope: RollbackScope;
  /** Whether that ends the rollout for good. */
  readonly ends: boolean;
}

/** Finds out what to give back, and asks; an exit code where nothing will be. */
export async function wishedBack(
  surface: Surface,
  found: Pick<StoredRollout, "id" | "state" | "records">,
  tenants: StoredRollout["note"]["tenants"],
  flags: RollbackFlags,
): Promise<Wish | number> {
  const { id, records } = found;
  const whole = flags.wave.length === 0 && flags.tenant.length === 0;
  const chosen = chosenIn(tenants, wavesOf(records), flags);
  const scope: RollbackScope = whole ? {} : { tenants: new Set(chosen.flatMap((one) => one.tenants)) };
  const count = rollbackWaves(records, scope).flatMap((one) => one.tenants).length;
  const ends = whole && isUnfinished(found);
  if (count === 0 && !ends) {
    surface.err.write(`Rollout ${id} has nothing to give back${whole ? "" : " there"}.\n`);
    return ROLLOUT_EXIT.ok;
  }
  const end = ends ? " This ends the rollout for good." : "";
  const question = `Give ${plural(count, "tenant")} of rollout ${id} back what they had?${end}`;
  if (await confirmed(surface, question, flags)) return { scope, ends };
  surface.err.write("Nothing was given back.\n");
  return ROLLOUT_EXIT.error;
}

/** How a rollback has ended. */
export function givenBack(state: RolloutState, scope: RollbackScope, stopped: string | undefined): Outcome {
  const wanted = [...state.tenants].filter(([tenant]) => scope.tenants?.has(tenant) ?? true);
  const number = (phase: TenantPhase) => wanted.filter(([, progress]) => progress.phase === phase).length;
  const last = `${plural(number("restored"), "tenant")} restored, ${number("notRestored")} not restored.`;
  if (stopped !== undefined) {
    const end = `${last} It stopped before the end: ${stopped}. Run it again to go on.`;
    return { state, code: ROLLOUT_EXIT.stopped, last: end };
  }
  return { state, code: number("notRestored") > 0 ? ROLLOUT_EXIT.error : ROLLOUT_EXIT.ok, last };
}
