import { basename } from "node:path";
import type { RolloutRecord } from "../../../rollout/records.js";
import { writeJson } from "../progress.js";
import { STEPS } from "../sentences.js";
import { show, type Shown, type StatusFlags } from "../status.js";
import { ROLLOUT_EXIT, wavesOf } from "../summary.js";
import type { Surface } from "../surface.js";
import { findOnCluster, newestId, type Session } from "./found.js";

/** `entra-passkeys rollout status --engine temporal`: asks the rollout, and disturbs nobody. */
export async function statusOnCluster(session: Session, file: string, flags: StatusFlags): Promise<number> {
  const { surface, client } = session;
  if (flags.rollout === undefined && (await newestId(session)) === undefined) {
    if (flags.json) writeJson(surface.out, { kind: "status", rollout: null });
    else surface.out.write(`No rollout of ${basename(file)} has begun.\n`);
    return ROLLOUT_EXIT.ok;
  }
  const found = await findOnCluster(session, file, flags.rollout);
  const { id, records, state, running, status, overview } = found;
  const tenants = namedTenants(surface, file, records);
  const names = new Map(tenants.map((tenant) => [tenant.id, tenant.name]));
  const { address, namespace } = client.settings;
  const at = overview.steps.map(({ tenant }) => tenant);
  const troubles = running ? await client.troubles(id, at) : [];
  return show(surface, file, flags, {
    ...{ id, records, state, tenants },
    ...(running && { who: "The cluster" }),
    running: { cluster: { address, namespace, plan: client.plan, status } },
    more: [
      ...overview.steps.map(({ tenant, step }) => `${names.get(tenant) ?? tenant}: ${STEPS[step]}`),
      ...troubles.map(({ tenant, reason }) => {
        const who = tenant === undefined ? "The rollout" : (names.get(tenant) ?? tenant);
        return `${who} is tried again: ${reason}`;
      }),
    ],
  });
}

/** Names are on no cluster: they come from the plan, where it is here. */
function namedTenants(surface: Surface, file: string, records: readonly RolloutRecord[]): Shown["tenants"] {
  const ids = wavesOf(records).flatMap(({ tenants }) => tenants);
  let known: Shown["tenants"] = [];
  try {
    known = surface.parts.readPlan(file).tenants;
  } catch {
    // Its ids do.
  }
  const byId = new Map(known.map((tenant) => [tenant.id, tenant]));
  return ids.map((id) => byId.get(id) ?? { id, name: id, stack: id });
}
