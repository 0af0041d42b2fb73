import { rollBack, rollbackWaves, type RollbackScope } from "../../rollout/rollback.js";
import type { TenantPhase } from "../../rollout/records.js";
import { chosenIn, findRollout, isUnfinished, placeOf } from "./choose.js";
import { confirmed, drive, holding, type Act, withConcurrency, type RunFlags } from "./drive.js";
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
  const { id, folder, records, note } = found;
  const whole = flags.wave.length === 0 && flags.tenant.length === 0;
  const chosen = chosenIn(note.tenants, wavesOf(records), flags);
  const scope: RollbackScope = whole ? {} : { tenants: new Set(chosen.flatMap(({ tenants }) => tenants)) };
  const count = rollbackWaves(records, scope).flatMap(({ tenants }) => tenants).length;
  const ends = whole && isUnfinished(found);
  if (count === 0 && !ends) {
    surface.err.write(`Rollout ${id} has nothing to give back${whole ? "" : " there"}.\n`);
    return ROLLOUT_EXIT.ok;
  }
  const end = ends ? " This ends the rollout for good." : "";
  if (
    !(await confirmed(surface, `Give ${plural(count, "tenant")} of rollout ${id} back what they had?${end}`, flags))
  ) {
    surface.err.write("Nothing was given back.\n");
    return ROLLOUT_EXIT.error;
  }
  const act: Act = async (activities, surroundings, journal) => {
    // Otherwise a resume would go on with what is given back.
    if (ends) await surroundings.record({ kind: "aborted", by: flags.by ?? surface.user });
    const wide = withConcurrency(plan, flags.concurrency);
    const { state, stopped } = await rollBack(wide, journal.records, activities, surroundings, scope);
    const wanted = [...state.tenants].filter(([tenant]) => scope.tenants?.has(tenant) ?? true);
    const number = (phase: TenantPhase) => wanted.filter(([, progress]) => progress.phase === phase).length;
    const last = `${plural(number("restored"), "tenant")} restored, ${number("notRestored")} not restored.`;
    if (stopped !== undefined) {
      return {
        state,
        code: ROLLOUT_EXIT.stopped,
        last: `${last} It stopped before the end: ${stopped}. Run it again to go on.`,
      };
    }
    return { state, code: number("notRestored") > 0 ? ROLLOUT_EXIT.error : ROLLOUT_EXIT.ok, last };
  };
  return holding(surface, plan, id, folder, () => drive(surface, { plan, id, folder, flags, lines: true }, act));
}
