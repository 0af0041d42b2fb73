import type { ClusterFlags } from "../../rollout/temporal/settings.js";
import type { RunFlags } from "./drive.js";
import { rollback, type RollbackFlags } from "./rollback.js";
import { abort, approve, type SayFlags } from "./say.js";
import { status, type StatusFlags } from "./status.js";
import type { Surface } from "./surface.js";
import { temporalEngine } from "./temporal/engine.js";
import { resume, up, type ResumeFlags } from "./up.js";

type Answer = number | Promise<number>;

/** Where rollouts run: the commands are the same, and each answers the exit code. */
export interface Engine {
  up(surface: Surface, file: string, flags: RunFlags): Answer;
  resume(surface: Surface, file: string, flags: ResumeFlags): Answer;
  status(surface: Surface, file: string, flags: StatusFlags): Answer;
  approve(surface: Surface, wave: string, file: string, flags: SayFlags): Answer;
  abort(surface: Surface, file: string, flags: SayFlags): Answer;
  rollback(surface: Surface, file: string, flags: RollbackFlags): Answer;
}

/** In this process, with a journal in a folder. */
const localEngine: Engine = { up, resume, status, approve, abort, rollback };

/** Which engine, and where it is. */
export interface EngineFlags extends ClusterFlags {
  readonly engine?: string;
  /** Name of the plan on the cluster. */
  readonly name?: string;
}

/** A combination of options that makes no sense. */
export class EngineFlagsError extends Error {
  override readonly name = "EngineFlagsError";
}

const ENGINES = ["local", "temporal"] as const;

/** Options that mean something on a cluster only. */
const CLUSTER_ONLY = {
  address: "--address",
  namespace: "--namespace",
  taskQueue: "--task-queue",
  tlsCert: "--tls-cert",
  tlsKey: "--tls-key",
  tlsCa: "--tls-ca",
  codecKeyFile: "--codec-key-file",
  allowPlaintext: "--allow-plaintext",
  name: "--name",
  detach: "--detach",
  tenantPerMinute: "--tenant-per-minute",
} as const;

/** The engine of `--engine`, else of `ENTRA_PASSKEYS_ENGINE`, else the one of this process. */
export function engineOf(
  flags: EngineFlags & Partial<Record<keyof typeof CLUSTER_ONLY, unknown>>,
  env: NodeJS.ProcessEnv,
): Engine {
  const variable = env["ENTRA_PASSKEYS_ENGINE"] || undefined;
  const wanted = flags.engine ?? variable ?? "local";
  if (!ENGINES.some((one) => one === wanted)) {
    const place = flags.engine === undefined ? "ENTRA_PASSKEYS_ENGINE" : "--engine";
    throw new EngineFlagsError(
      `${place}: there is no engine ${JSON.stringify(wanted)}. There are ${ENGINES.join(" and ")}.`,
    );
  }
  if (wanted === "temporal") {
    if ((flags as { folder?: string }).folder !== undefined) {
      throw new EngineFlagsError("--folder: on Temporal, workers have the folder. Give it to `entra-passkeys worker`.");
    }
    return temporalEngine(flags);
  }
  const misplaced = Object.entries(CLUSTER_ONLY).find(([key]) => flags[key as keyof typeof CLUSTER_ONLY] !== undefined);
  if (misplaced !== undefined) {
    throw new EngineFlagsError(`${misplaced[1]} is for rollouts on Temporal only. Add --engine temporal.`);
  }
  return localEngine;
}
