import type { RolloutState, TenantPhase, TenantProgress } from "../../rollout/records.js";
import { EXIT } from "../exit-codes.js";
import { PHASES, plural } from "./sentences.js";
import { columns, oneLine, type Paint } from "./surface.js";

/** The end of a rollout that can be gone on with has a code of its own, and so has drift. */
export const ROLLOUT_EXIT = { ...EXIT, stopped: 3, drift: 4 } as const;

/** How many tenants of a wave are where. */
export interface Counts {
  readonly verified: number;
  readonly skipped: number;
  readonly heldBack: number;
  readonly failed: number;
  readonly restored: number;
  /** Not begun, or in the middle of something. */
  readonly waiting: number;
}

export interface WaveOf {
  readonly name: string;
  readonly tenants: readonly string[];
}

/** The waves as the rollout began. */
export function wavesOf(records: readonly { readonly kind: string }[]): readonly WaveOf[] {
  const [begun] = records as readonly { readonly kind: string; readonly waves?: readonly WaveOf[] }[];
  return begun?.waves ?? [];
}

export function countTenants(tenants: readonly string[], state: RolloutState): Counts {
  const phases = tenants.map((id) => state.tenants.get(id)?.phase ?? "waiting");
  const number = (...wanted: TenantPhase[]) => phases.filter((phase) => wanted.includes(phase)).length;
  return {
    verified: number("verified"),
    skipped: number("skipped"),
    heldBack: number("heldBack"),
    failed: number("failed", "notRestored"),
    restored: number("restored"),
    waiting: number("waiting", "previewed", "applying", "applied"),
  };
}

/** How an `up` or `resume` ends. */
export function exitCode(state: RolloutState): number {
  if (state.ended?.how === "stopped") return ROLLOUT_EXIT.stopped;
  if (state.ended?.how !== "done") return ROLLOUT_EXIT.error;
  const phases = [...state.tenants.values()].map(({ phase }) => phase);
  return phases.some((phase) => BAD.has(phase)) ? ROLLOUT_EXIT.error : ROLLOUT_EXIT.ok;
}

const BAD: ReadonlySet<TenantPhase> = new Set(["failed", "heldBack", "notRestored"]);
/** A reason of an earlier phase says nothing about these. */
const WITH_REASON: ReadonlySet<TenantPhase> = new Set([...BAD, "skipped", "applying"]);

/** Why a tenant is where it is, where there is something to say. */
export function reasonOf({ phase, reason, sentence }: TenantProgress): string {
  if (reason !== undefined && WITH_REASON.has(phase)) return reason;
  return phase === "previewed" ? (sentence ?? "") : "";
}

/** A table of the waves. */
export function waveTable(waves: readonly WaveOf[], state: RolloutState, last: (wave: WaveOf) => string): string[] {
  const counts = waves.map((wave) => ({ wave, own: countTenants(wave.tenants, state) }));
  const restored = counts.some(({ own }) => own.restored > 0);
  return columns([
    ["Wave", "Verified", "Skipped", "Held back", "Failed", "Waiting", ...(restored ? ["Restored"] : []), ""],
    ...counts.map(({ wave, own }) => [
      oneLine(wave.name),
      ...[own.verified, own.skipped, own.heldBack, own.failed, own.waiting].map(String),
      ...(restored ? [String(own.restored)] : []),
      last(wave),
    ]),
  ]);
}

/**
 * What is said at the end of a run: a table, and a line for each tenant that is not well.
 *
 * @param last the closing sentence; default: how the rollout has ended.
 */
export function summary(
  waves: readonly WaveOf[],
  state: RolloutState,
  { paint, nameOf, last }: { readonly paint: Paint; readonly nameOf: (id: string) => string; readonly last?: string },
): string[] {
  const [head, ...rows] = waveTable(waves, state, () => "");
  const lines = ["", paint("bold", head!), ...rows];
  const bad = waves.flatMap(({ tenants }) => tenants).filter((id) => BAD.has(state.tenants.get(id)!.phase));
  if (bad.length > 0) lines.push("");
  for (const id of bad) {
    const progress = state.tenants.get(id)!;
    const tries = progress.attempts > 1 ? ` after ${plural(progress.attempts, "attempt")}` : "";
    const text = oneLine(`${nameOf(id)}: ${PHASES[progress.phase]}${tries}: ${reasonOf(progress)}`);
    lines.push(paint(progress.phase === "heldBack" ? "yellow" : "red", text));
  }
  return [...lines, "", oneLine(last ?? ending(state, bad.length))];
}

function ending({ rollout, ended }: RolloutState, bad: number): string {
  switch (ended?.how) {
    case "done":
      if (bad === 0) return `Rollout ${rollout} is done.`;
      return `Rollout ${rollout} is done, but not everywhere. Try again by: entra-passkeys rollout resume --retry`;
    case "stopped":
      return `Rollout ${rollout} has stopped: ${ended.reason}. Go on with it by: entra-passkeys rollout resume`;
    case "aborted":
      return `Rollout ${rollout} was ${ended.reason}. Give back what it changed by: entra-passkeys rollout rollback`;
    default:
      return `Rollout ${rollout} is not finished.`;
  }
}
