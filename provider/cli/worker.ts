import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { loadTemporal } from "../rollout/temporal/load.js";
import { clusterSettings, type ClusterFlags } from "../rollout/temporal/settings.js";
import { EXIT } from "./exit-codes.js";
import { previewPage } from "./rollout/drive.js";
import { clusterOptions, readCount, readRate } from "./rollout/options.js";
import { plural } from "./rollout/sentences.js";
import { oneLine, processSurface, type Surface } from "./rollout/surface.js";

export interface WorkerFlags extends ClusterFlags {
  readonly folder?: string;
  readonly maxConcurrent?: number;
  readonly perSecond?: number;
  readonly grace?: number;
}

/** `entra-passkeys worker`: does the steps of rollouts on a Temporal cluster. */
export function workerCommand(surface: () => Surface = processSurface): Command {
  const command = new Command("worker")
    .summary("do the steps of rollouts on a Temporal cluster")
    .description(
      "Polls a Temporal cluster and does the steps of rollouts that are started by `rollout up --engine temporal`: as many " +
        "workers as you like, each with the tenants' files, the project, credentials in its own environment, and a folder " +
        "that all of them share.",
    )
    .argument("<file...>", "the files of tenants and waves")
    .option(
      "--folder <folder>",
      "where rollouts are, shared by all workers; default: .entra-passkeys/rollouts beside each file",
    )
    .option("--max-concurrent <number>", "how many steps at the same time; default: 4", readCount)
    .option("--per-second <number>", "how many steps a second all workers of the queue begin together", readRate)
    .option("--grace <minutes>", "how long updates may take to end after a stop; default: 30", readRate);
  return clusterOptions(command)
    .addHelpText(
      "after",
      `
Exit codes: 0 stopped by a signal, 1 error, 2 the command line makes no sense.
The first Ctrl-C (or SIGTERM) takes no more work and lets updates that run end; the second one ends at once.

Examples:
  entra-passkeys worker tenants.yaml
  entra-passkeys worker bank.yaml school.yaml --folder /volume/rollouts --max-concurrent 8 --per-second 20`,
    )
    .action(async (files: string[], flags: WorkerFlags) => {
      process.exitCode = await work(surface(), files, flags);
    });
}

/** Works until it is told to stop. Answers the exit code. */
export async function work(surface: Surface, files: readonly string[], flags: WorkerFlags): Promise<number> {
  const { env, err, out, parts, signals } = surface;
  const temporal = loadTemporal();
  const cluster = clusterSettings(flags, env);
  temporal.ownProcess((line) => void err.write(`${oneLine(line)}\n`), env);
  const { folder, maxConcurrent, perSecond, grace } = flags;
  const worker = await temporal.startWorker({
    ...{ cluster, parts, files, env },
    ...(folder !== undefined && { folder }),
    ...(maxConcurrent !== undefined && { maxConcurrent }),
    ...(perSecond !== undefined && { perSecond }),
    ...(grace !== undefined && { graceMs: grace * 60_000 }),
    log: ({ name }, line) => void out.write(`${oneLine(`${name}: ${line}`)}\n`),
    async onPreviewed(own, tenant, previewed) {
      const reports = join(own, "reports");
      mkdirSync(reports, { recursive: true });
      writeFileSync(join(reports, `${tenant.id}.html`), await previewPage([tenant], new Map([[tenant.id, previewed]])));
    },
  });
  let stopped = false;
  const onSignal = (signal: NodeJS.Signals) => {
    if (stopped) {
      err.write("Ended at once. What ran is tried again by another worker, or by this one once it is back.\n");
      signals.off("SIGINT", onSignal);
      signals.off("SIGTERM", onSignal);
      process.kill(process.pid, signal);
      return;
    }
    stopped = true;
    err.write("Stopping: what runs is finished first. Once more ends at once.\n");
    worker.stop();
  };
  signals.on("SIGINT", onSignal);
  signals.on("SIGTERM", onSignal);
  try {
    for (const { plan, digest, folder: rollouts, folderId } of worker.plans) {
      out.write(
        `${oneLine(`${plan.file}: plan ${digest}, ${plural(plan.tenants.length, "tenant")}, rollouts in ${rollouts} (${folderId})`)}\n`,
      );
    }
    const { address, namespace, taskQueue, codecKeys } = cluster;
    const sealed = codecKeys[0] === undefined ? "not encrypted" : `encrypted with the key ${codecKeys[0].id}`;
    out.write(`Polling ${taskQueue} at ${address}, namespace ${namespace}; payloads are ${sealed}.\n`);
    await worker.done;
    return EXIT.ok;
  } finally {
    signals.off("SIGINT", onSignal);
    signals.off("SIGTERM", onSignal);
  }
}
