import { abortedEarlier, abortedText, approvedEarlier, say, type SayFlags } from "../say.js";
import { findOnCluster, type Session } from "./found.js";

/** `entra-passkeys rollout approve --engine temporal`: a signal to the rollout. */
export async function approveOnCluster(session: Session, wave: string, file: string, flags: SayFlags): Promise<number> {
  const { surface, client } = session;
  const found = await findOnCluster(session, file, flags.rollout);
  const { id, overview } = found;
  const said = () => overview.said.approved.find(([own]) => own === wave)?.[1];
  const earlier = approvedEarlier(found, wave, said);
  if (earlier !== undefined) return say(surface, flags, id, `${wave} was approved by ${earlier} already.`, earlier);
  if (!found.running) {
    throw new Error(
      `Rollout ${id} does not run, so that nobody would hear it. Go on with it by "entra-passkeys rollout resume --engine ` +
        'temporal", which asks again, and approve then.',
    );
  }
  const by = flags.by ?? surface.user;
  await client.approve(id, wave, by);
  return say(surface, flags, id, `${wave} of rollout ${id} is approved by ${by}.`, by);
}

/** `entra-passkeys rollout abort --engine temporal`: a signal to the rollout, or a run that writes it down. */
export async function abortOnCluster(session: Session, file: string, flags: SayFlags): Promise<number> {
  const { surface, temporal, client } = session;
  const { id, running, overview, records, state } = await findOnCluster(session, file, flags.rollout);
  const already = abortedEarlier(id, state);
  if (already !== undefined) return say(surface, flags, id, already);
  const by = flags.by ?? surface.user;
  if (running) {
    await client.abort(id, by);
    return say(surface, flags, id, `The cluster aborts rollout ${id} as soon as what runs is finished.`, by);
  }
  const nobody = { waves: [], failureBudget: 0 };
  await client.start(temporal.nextInput(nobody, overview, records, { kind: "abort", by }, 0));
  await client.result(id);
  return say(surface, flags, id, abortedText(id), by);
}
