import { withConcurrency } from "../drive.js";
import { givenBack, wishedBack, type RollbackFlags } from "../rollback.js";
import { findOnCluster, tenantPause, type Session } from "./found.js";
import { watch } from "./watch.js";

/** `entra-passkeys rollout rollback --engine temporal`: another run of the rollout, which gives back what was saved. */
export async function rollbackOnCluster(session: Session, file: string, flags: RollbackFlags): Promise<number> {
  const { surface, temporal, client } = session;
  const plan = surface.parts.readPlan(file);
  const found = await findOnCluster(session, file, flags.rollout);
  const { id, records, overview } = found;
  if (found.running) {
    throw new Error(
      `Rollout ${id} runs on the cluster. Wait until it ends, or end it by "entra-passkeys rollout abort --engine temporal".`,
    );
  }
  const wish = await wishedBack(surface, found, plan.tenants, flags);
  if (typeof wish === "number") return wish;
  const { scope, ends } = wish;
  const mode = {
    kind: "rollback" as const,
    // Otherwise a resume would go on with what is given back.
    ...(ends && { by: flags.by ?? surface.user }),
    ...(scope.tenants && { tenants: [...scope.tenants] }),
  };
  const wide = withConcurrency(plan, flags.concurrency);
  // A program that was put back may be another plan, and what was saved is the same.
  const now = { ...overview, plan: surface.parts.planDigest(plan) };
  const run = await client.start(temporal.nextInput(wide, now, records, mode, tenantPause(flags.tenantPerMinute)));
  return watch(session, {
    ...{ plan, id, flags, before: records, lines: true },
    from: { run, records: 0 },
    outcome: async (state) => givenBack(state, scope, (await client.result(id)).stopped),
  });
}
