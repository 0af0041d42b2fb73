import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { Lock } from "../../apply/lock.js";
import { joinReports, type TenantReport } from "../../report/preview/index.js";
import { Journal } from "../../rollout/local/journal.js";
import { lockRollout, lockTenants } from "../../rollout/local/locks.js";
import { localSurroundings, type LocalSurroundings } from "../../rollout/local/surroundings.js";
import { rolloutPage } from "../../rollout/page/page.js";
import type { RolloutPlan, TenantSpec, WaveSpec } from "../../rollout/plan.js";
import type { Activities, Previewed } from "../../rollout/ports.js";
import { stateAfter, type RolloutRecord, type RolloutState } from "../../rollout/records.js";
import { liveProgress } from "./live.js";
import { jsonProgress, lineProgress, writeJson, type Progress } from "./progress.js";
import { countTenants, summary, wavesOf } from "./summary.js";
import { oneLine, painter, type Surface } from "./surface.js";
import { watched } from "./watched.js";

/** What the commands that run something have in common. */
export interface RunFlags {
  readonly folder?: string;
  readonly json?: boolean;
  readonly html?: string;
  readonly concurrency?: number;
  readonly verbose?: boolean;
  readonly yes?: boolean;
  /** Only on a cluster: not to watch what was started, and how often a tenant's steps may begin. */
  readonly detach?: boolean;
  readonly tenantPerMinute?: number;
}

/** A rollout that this process goes on with. */
export interface Drive {
  readonly plan: RolloutPlan;
  readonly id: string;
  /** Folder of the rollout. */
  readonly folder: string;
  readonly flags: RunFlags;
  /** Lines on a terminal, too. */
  readonly lines?: boolean;
}

/** What runs: with activities that tell of themselves, and surroundings that write down and show. */
export type Act = (activities: Activities, surroundings: LocalSurroundings, journal: Journal) => Promise<Outcome>;

export interface Outcome {
  readonly state: RolloutState;
  /** Exit code. */
  readonly code: number;
  /** What is said in the end; default: how the rollout has ended. */
  readonly last?: string;
}

/** Opens the journal, shows what happens, and says in the end where the rollout stands. Answers the exit code. */
export async function drive(surface: Surface, { plan, folder, flags, lines }: Drive, act: Act): Promise<number> {
  let journal: Journal | undefined;
  let surroundings: LocalSurroundings | undefined;
  let progress: Progress | undefined;
  try {
    journal = Journal.open(folder);
    if (journal.torn !== undefined) {
      surface.err.write(`${join(folder, "journal.jsonl")}: a line that a crash had left unfinished was cut off.\n`);
    }
    const shown = (progress = await chooseProgress(surface, plan, journal.records, { ...flags, lines }));
    const options = { plan, folder, env: surface.env };
    const activities = watched(surface.parts.activities(options), (tenant, step) => shown.step(tenant, step));
    surroundings = localSurroundings({
      journal,
      folder,
      now: surface.now,
      signals: surface.signals,
      onRecord: (record) => shown.record(record),
      onSignal: () => shown.note("Stopping: what runs is finished first. Once more ends at once."),
      onSecondSignal: () => shown.abandon?.(),
      onPreviewed: (wave, reports) => writeWaveReport(folder, plan.tenants, wave, reports),
    });
    const outcome = await act(activities, surroundings, journal);
    await shown.end();
    tell(surface, plan, journal.records, outcome, flags);
    return outcome.code;
  } finally {
    await progress?.end();
    surroundings?.close();
    if (journal !== undefined && flags.html !== undefined)
      writeFileSync(flags.html, rolloutPage(plan, journal.records));
    journal?.close();
  }
}

/** Does something while this process alone goes on with the rollout and holds its tenants. */
export async function holding(
  surface: Surface,
  plan: RolloutPlan,
  id: string,
  folder: string,
  act: () => Promise<number>,
): Promise<number> {
  const locks: Lock[] = [await lockRollout(folder, id)];
  try {
    locks.push(await lockTenants(surface.cache, plan.tenants, id));
    return await act();
  } finally {
    locks.reverse().forEach((lock) => lock.release());
  }
}

/** A list on a terminal; elsewhere, and where times are wanted, lines. */
export async function chooseProgress(
  surface: Surface,
  plan: RolloutPlan,
  records: readonly RolloutRecord[],
  { json, verbose, lines }: RunFlags & Pick<Drive, "lines">,
): Promise<Progress> {
  const { out, err, now, env } = surface;
  if (json) return jsonProgress({ out, err, now });
  if (out.isTTY && !verbose && !lines && env["TERM"] !== "dumb" && !env["CI"]) {
    return liveProgress(plan, stateAfter(records), { out, err, now });
  }
  return lineProgress({ out, err, now, paint: painter(surface), nameOf: namesOf(plan.tenants), verbose });
}

export function namesOf(tenants: readonly Pick<TenantSpec, "id" | "name">[]): (id: string) => string {
  const names = new Map(tenants.map(({ id, name }) => [id, name]));
  return (id) => names.get(id) ?? id;
}

/** Says in the end where the rollout stands. */
export function tell(
  surface: Surface,
  plan: RolloutPlan,
  records: readonly RolloutRecord[],
  { state, code, last }: Outcome,
  { json }: RunFlags,
): void {
  const waves = wavesOf(records);
  if (json) {
    const counts = countTenants(
      waves.flatMap(({ tenants }) => tenants),
      state,
    );
    const { rollout, ended } = state;
    writeJson(surface.out, {
      at: new Date(surface.now()).toISOString(),
      kind: "summary",
      rollout,
      ...(ended && { ended }),
      tenants: counts,
      exitCode: code,
    });
    return;
  }
  const lines = summary(waves, state, { paint: painter(surface), nameOf: namesOf(plan.tenants), last });
  surface.out.write(`${lines.join("\n")}\n`);
}

/** The report of a wave beside the journal, as a page; a run that previews again leaves another one. */
async function writeWaveReport(
  folder: string,
  tenants: readonly TenantSpec[],
  wave: WaveSpec,
  previews: ReadonlyMap<string, Previewed>,
): Promise<void> {
  const reports = join(folder, "reports");
  mkdirSync(reports, { recursive: true });
  const name = encodeURIComponent(wave.name).replaceAll("*", "%2A");
  let file = join(reports, `${name}.html`);
  for (let number = 2; existsSync(file); number += 1) file = join(reports, `${name}-${number}.html`);
  writeFileSync(file, await previewPage(tenants, previews));
}

/** What previews say, as one page. */
export async function previewPage(
  tenants: readonly TenantSpec[],
  previews: ReadonlyMap<string, Previewed>,
  failed: ReadonlyMap<string, string> = new Map(),
): Promise<string> {
  const { htmlReport } = await import("../../report/preview/html.js");
  const reports: TenantReport[] = [];
  const failures: { stack: string; reason: string }[] = [];
  for (const { id, stack, name } of tenants) {
    const preview = previews.get(id);
    const reason = failed.get(id) ?? preview?.verdict.sentence;
    if (preview?.report !== undefined) reports.push(preview.report);
    else if (reason !== undefined) failures.push({ stack: `${name} (${stack})`, reason });
  }
  return htmlReport(joinReports(reports, failures));
}

/** The plan with another number of tenants at the same time. */
export function withConcurrency(plan: RolloutPlan, concurrency: number | undefined): RolloutPlan {
  if (concurrency === undefined) return plan;
  return { ...plan, waves: plan.waves.map((wave) => ({ ...wave, concurrency })) };
}

/** Whether to go ahead; a usage error where nobody can be asked. */
export async function confirmed(surface: Surface, question: string, { yes, json }: RunFlags): Promise<boolean> {
  if (yes) return true;
  if (surface.ask === undefined || json) throw new NobodyToAskError("Nobody can be asked here: add --yes to go ahead.");
  return surface.ask(oneLine(question));
}

/** A command that needs a yes where nobody can give it. */
export class NobodyToAskError extends Error {
  override readonly name = "NobodyToAskError";
}

export const fileName = (plan: RolloutPlan): string => basename(plan.file);
