import { basename, resolve } from "node:path";
import { defaultFolder, readRollout, rolloutsOf, type StoredRollout } from "../../rollout/local/folder.js";
import type { RolloutPlan, TenantSpec, WaveSpec } from "../../rollout/plan.js";
import type { WaveOf } from "./summary.js";

/** Which rollouts a command is about. */
export interface Place {
  /** The plan. */
  readonly file: string;
  /** Where rollouts are. */
  readonly folder: string;
}

export function placeOf(file: string, folder: string | undefined): Place {
  const plan = resolve(file);
  return { file: plan, folder: folder === undefined ? defaultFolder(plan) : resolve(folder) };
}

/** The newest rollout of the file that has begun, if there is one. */
export function newestRollout({ file, folder }: Place): StoredRollout | undefined {
  // A process that was killed before its first record has begun nothing.
  for (const id of rolloutsOf(folder, file).reverse()) {
    const rollout = readRollout(folder, id);
    if (rollout !== undefined && rollout.records.length > 0) return rollout;
  }
  return undefined;
}

/** The rollout with this id, or the newest one. Throws where there is none. */
export function findRollout(place: Place, id: string | undefined): StoredRollout {
  const found = id === undefined ? newestRollout(place) : readRollout(place.folder, id);
  if (found !== undefined && found.records.length > 0) return found;
  if (id === undefined) {
    throw new Error(
      `No rollout of ${basename(place.file)} has begun. Begin one with "entra-passkeys rollout up", or say with --folder where it is.`,
    );
  }
  throw new Error(`There is no rollout ${id} in ${place.folder}. Leave out --rollout for the newest one.`);
}

/** Whether it can be gone on with: it was stopped, or ended without a word. */
export const isUnfinished = ({ state }: Pick<StoredRollout, "state">): boolean =>
  state.ended === undefined || state.ended.how === "stopped";

type Named = Pick<TenantSpec, "id" | "name" | "stack">;

export interface Chosen {
  readonly wave: WaveSpec;
  readonly tenants: readonly TenantSpec[];
}

/** The tenants that --wave and --tenant name, by wave; all where they name none. */
export function chooseTenants(
  plan: RolloutPlan,
  { wave, tenant }: { readonly wave: readonly string[]; readonly tenant: readonly string[] },
): Chosen[] {
  refuseUnknownWaves(wave, plan.waves);
  const ids = new Set(tenant.map((text) => findTenant(plan.tenants, text).id));
  const byId = new Map(plan.tenants.map((one) => [one.id, one]));
  const chosen = plan.waves
    .filter(({ name }) => wave.length === 0 || wave.includes(name))
    .map((one) => ({
      wave: one,
      tenants: one.tenants.filter((id) => ids.size === 0 || ids.has(id)).map((id) => byId.get(id)!),
    }))
    .filter(({ tenants }) => tenants.length > 0);
  if (chosen.length === 0) throw new Error("None of the tenants of --tenant is in a wave of --wave.");
  return chosen;
}

/** The same for a rollout that has begun, whose plan may have changed. */
export function chosenIn(
  tenants: readonly Named[],
  waves: readonly WaveOf[],
  { wave, tenant }: { readonly wave: readonly string[]; readonly tenant: readonly string[] },
): { readonly wave: WaveOf; readonly tenants: readonly string[] }[] {
  refuseUnknownWaves(wave, waves);
  const ids = new Set(tenant.map((text) => findTenant(tenants, text).id));
  return waves
    .filter(({ name }) => wave.length === 0 || wave.includes(name))
    .map((one) => ({ wave: one, tenants: one.tenants.filter((id) => ids.size === 0 || ids.has(id)) }))
    .filter((one) => one.tenants.length > 0);
}

function refuseUnknownWaves(wanted: readonly string[], waves: readonly { readonly name: string }[]): void {
  const unknown = wanted.find((name) => !waves.some((one) => one.name === name));
  if (unknown === undefined) return;
  throw new Error(`--wave ${JSON.stringify(unknown)}: there is no such wave. There are ${listed(waves)}.`);
}

/** By id, name or stack. */
function findTenant(tenants: readonly Named[], text: string): Named {
  const wanted = text.toLowerCase();
  const found = tenants.filter(
    ({ id, name, stack }) => id === wanted || name.toLowerCase() === wanted || stack === text,
  );
  if (found.length === 1) return found[0]!;
  const reason = found.length === 0 ? "there is no such tenant" : "several tenants are called so";
  throw new Error(`--tenant ${JSON.stringify(text)}: ${reason}. Give its id, its name or its stack.`);
}

export const listed = (all: readonly { readonly name: string }[]): string => all.map(({ name }) => name).join(", ");
