import { basename, dirname, resolve } from "node:path";
import { stateAfter, type RolloutRecord, type RolloutState } from "../../../rollout/records.js";
import type { ClusterRun, RolloutClient } from "../../../rollout/temporal/client.js";
import type * as Temporal from "../../../rollout/temporal/index.js";
import type { Surface } from "../surface.js";

/** What a command has while it is connected. */
export interface Session {
  readonly surface: Surface;
  readonly temporal: typeof Temporal;
  readonly client: RolloutClient;
}

/** A rollout on the cluster, as it stands. */
export interface Found extends ClusterRun {
  readonly id: string;
  /** Of all of its runs. */
  readonly records: readonly RolloutRecord[];
  /** How many of them are of the last run. */
  readonly own: number;
  readonly state: RolloutState;
}

/** What a plan is called on a cluster, from wherever it is looked at: its folder's name and its own. */
export function planName(file: string, name: string | undefined): string {
  if (name !== undefined) return name;
  const path = resolve(file);
  return `${basename(dirname(path))}/${basename(path)}`;
}

/** The newest id of the plan, if there is one. */
export async function newestId({ client }: Session): Promise<string | undefined> {
  return (await client.ids()).at(-1);
}

/** The rollout with this id, or the newest one. Throws where there is none. */
export async function findOnCluster(session: Session, file: string, id: string | undefined): Promise<Found> {
  const { client } = session;
  const wanted = id ?? (await newestId(session));
  const found = wanted === undefined ? undefined : await client.find(wanted);
  if (wanted !== undefined && found !== undefined) {
    const { records, own } = await client.records(wanted, found.overview);
    return { ...found, id: wanted, records, own, state: stateAfter(records) };
  }
  const { address, namespace } = client.settings;
  const where = `on the cluster (${address}, namespace ${namespace}, plan ${client.plan})`;
  if (id === undefined) {
    throw new Error(
      `No rollout of ${basename(file)} is known ${where}. Begin one with "entra-passkeys rollout up --engine temporal", or say ` +
        "with --name what the plan is called there.",
    );
  }
  throw new Error(`There is no rollout ${id} ${where}. Leave out --rollout for the newest one.`);
}

/** Least time between two steps of a tenant, in milliseconds. */
export const tenantPause = (perMinute: number | undefined): number =>
  perMinute === undefined ? 0 : Math.ceil(60_000 / perMinute);
