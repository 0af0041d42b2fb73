import type { RolloutPlan, TenantSpec, WaveSpec } from "../../rollout/plan.js";
import type { RolloutRecord, RolloutState } from "../../rollout/records.js";
import { Durations, type Progress } from "./progress.js";
import { duration, plural, sentence, STEPS } from "./sentences.js";
import { oneLine, type Output } from "./surface.js";

/** What is used of a task of `listr2`. */
interface Task {
  title: string;
  skip(message?: string): void;
}

/** A line of the list that ends when something has happened. */
class Line {
  #task: Task | undefined;
  #title: string;
  #skipped: string | undefined;
  #resolve!: () => void;
  #reject!: (error: Error) => void;
  readonly #ended = new Promise<void>((resolve, reject) => {
    this.#resolve = resolve;
    this.#reject = reject;
  });

  constructor(title: string) {
    this.#title = title;
    // It may fail before its turn has come.
    this.#ended.catch(() => undefined);
  }

  get title(): string {
    return this.#title;
  }

  set title(title: string) {
    this.#title = title;
    if (this.#task) this.#task.title = title;
  }

  succeed(title: string): void {
    this.title = title;
    this.#resolve();
  }

  fail(title: string): void {
    this.title = title;
    this.#reject(new Error(title));
  }

  /** Nothing has happened, and nothing will. */
  skip(title: string): void {
    this.title = title;
    this.#skipped = title;
    this.#resolve();
  }

  async run(task: Task): Promise<void> {
    this.#task = task;
    task.title = this.#title;
    await this.#ended;
    if (this.#skipped !== undefined) task.skip(this.#skipped);
  }
}

const GATE = "gate";

/** The lines of a wave. */
interface WaveLines {
  readonly wave: WaveSpec;
  readonly tenants: ReadonlyMap<string, Line>;
  /** Since when something is done to a tenant, in milliseconds, and what. */
  readonly running: Map<string, { readonly since: number; words: string }>;
  /** Where a wave has more tenants than the terminal has lines. */
  readonly many?: Line;
  readonly gate: Line;
  settled: number;
  task?: Task;
}

/**
 * A list on a terminal that changes: waves, and under each its tenants with what is being done, and its gate.
 *
 * @param before where the rollout stands before this run.
 */
export async function liveProgress(
  plan: RolloutPlan,
  before: RolloutState,
  { out, err, now }: { readonly out: Output; readonly err: Output; readonly now: () => number },
): Promise<Progress> {
  const { DefaultRenderer, Listr, ListrLogger, ProcessOutput } = await import("listr2");
  // Whether this is a terminal was decided before, and not by process.stdout.
  class Terminal extends DefaultRenderer {
    static override nonTTY = true;
  }
  const byId = new Map(plan.tenants.map((tenant) => [tenant.id, tenant]));
  const nameOf = (id: string) => oneLine(byId.get(id)?.name ?? id);
  const durations = new Durations();
  const room = (out.rows ?? 24) - 2 * plan.waves.length - 2;
  const waves = plan.waves.map((wave) => waveLines(wave, before, nameOf, wave.tenants.length <= room));
  const ofTenant = (id: string) => waves.find(({ wave }) => wave.tenants.includes(id));
  const ofWave = (name: string) => waves.find(({ wave }) => wave.name === name);
  const processOutput = new ProcessOutput(out as NodeJS.WriteStream, err as NodeJS.WriteStream, {
    leaveEmptyLine: false,
  });
  const rendererOptions = {
    collapseSubtasks: false,
    collapseErrors: false,
    collapseSkips: true,
    showErrorMessage: false,
    removeEmptyLines: true,
    logger: new ListrLogger({ processOutput }),
  };
  /** What has not begun by now will not. */
  let over = false;
  const list = new Listr(
    waves.map((lines) => ({
      title: waveTitle(lines),
      task: (_, task) => {
        lines.task = task;
        if (over) return task.skip();
        const rows = [...(lines.many ? [lines.many] : lines.tenants.values()), lines.gate];
        return task.newListr(
          rows.map((row) => ({ title: row.title, task: (_context, own) => row.run(own) })),
          { concurrent: true, exitOnError: false },
        );
      },
    })),
    {
      concurrent: false,
      exitOnError: false,
      // Signals are the rollout's: running updates are finished first.
      registerSignalListeners: false,
      renderer: Terminal,
      rendererOptions,
    },
  );
  const shown = list.run().catch(() => undefined);
  let stopping = "";
  const retitle = (lines: WaveLines) => {
    if (lines.task) lines.task.title = waveTitle(lines) + stopping;
    if (lines.many) lines.many.title = manyTitle(lines, nameOf);
  };

  const tick = ({ running, tenants }: WaveLines) => {
    for (const [id, { since, words }] of running) {
      const line = tenants.get(id);
      if (line) line.title = `${words} (${duration(now() - since)})`;
    }
  };
  const ticking = setInterval(() => waves.forEach(tick), 1_000);

  return {
    record(record) {
      const ms = durations.until(record);
      if ("tenant" in record) {
        const lines = ofTenant(record.tenant);
        if (lines === undefined) return;
        show(lines, record, nameOf, ms);
        retitle(lines);
      } else if ("wave" in record) {
        const lines = ofWave(record.wave);
        if (lines === undefined) return;
        if (record.kind === "waveDone") lines.gate.succeed("gate passed");
        else if (record.kind !== "waveBegun") lines.gate.title = withoutName(sentence(record, nameOf), record.wave);
        retitle(lines);
      }
    },
    step(tenant: TenantSpec, step) {
      durations.begin(tenant.id, now());
      const lines = ofTenant(tenant.id);
      if (lines === undefined) return;
      const words = `${nameOf(tenant.id)}: ${STEPS[step]}`;
      lines.running.set(tenant.id, { since: lines.running.get(tenant.id)?.since ?? now(), words });
      tick(lines);
      retitle(lines);
    },
    note(text) {
      stopping = ` · ${oneLine(text)}`;
      waves.forEach(retitle);
    },
    abandon: () => processOutput.release(),
    async end() {
      if (over) return;
      clearInterval(ticking);
      over = true;
      for (const { tenants, many, gate } of waves) {
        for (const line of tenants.values()) line.skip(line.title);
        many?.skip(many.title);
        gate.fail(gate.title === GATE ? "gate: not reached" : gate.title);
      }
      await shown;
    },
  };
}

function waveLines(wave: WaveSpec, before: RolloutState, nameOf: (id: string) => string, fits: boolean): WaveLines {
  const gate = new Line(GATE);
  if (before.waves.get(wave.name)?.done === true) gate.succeed("gate passed");
  const lines: WaveLines = {
    wave,
    tenants: new Map(fits ? wave.tenants.map((id) => [id, new Line(`${nameOf(id)}: waiting`)]) : []),
    ...(!fits && { many: new Line("waiting") }),
    gate,
    running: new Map(),
    settled: 0,
  };
  for (const id of wave.tenants) {
    const phase = before.tenants.get(id)?.phase;
    if (phase !== "verified" && phase !== "skipped" && phase !== "restored" && phase !== "notRestored") continue;
    lines.settled += 1;
    lines.tenants.get(id)?.succeed(`${nameOf(id)}: ${phase} before`);
  }
  if (lines.settled === wave.tenants.length) lines.many?.succeed(`all ${lines.settled} before`);
  return lines;
}

const waveTitle = ({ wave, settled }: WaveLines): string =>
  `${oneLine(wave.name)} (${settled} of ${plural(wave.tenants.length, "tenant")})`;

function manyTitle({ running }: WaveLines, nameOf: (id: string) => string): string {
  const names = [...running.keys()].map(nameOf);
  const more = names.length - 8;
  return names.length === 0 ? "waiting" : `${names.slice(0, 8).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

function show(
  lines: WaveLines,
  record: RolloutRecord & { tenant: string },
  nameOf: (id: string) => string,
  ms?: number,
) {
  const line = lines.tenants.get(record.tenant);
  const text = sentence(record, nameOf, ms);
  const settle = () => {
    lines.running.delete(record.tenant);
    lines.settled += 1;
    if (lines.settled >= lines.wave.tenants.length) lines.many?.succeed(`all ${lines.settled} settled`);
  };
  switch (record.kind) {
    case "skipped":
      line?.skip(text);
      return settle();
    case "verified":
    case "restored":
      line?.succeed(text);
      return settle();
    case "failed":
    case "heldBack":
    case "notRestored":
      line?.fail(text);
      return settle();
    default: {
      const running = lines.running.get(record.tenant);
      // What was recorded last is what is done now, until the next step begins.
      if (running && record.kind !== "previewed") running.words = text;
      // Between its preview and its update a tenant waits for the others.
      if (record.kind === "previewed") lines.running.delete(record.tenant);
      if (line) line.title = text;
    }
  }
}

const withoutName = (text: string, name: string): string => text.slice(oneLine(name).length + 2);
