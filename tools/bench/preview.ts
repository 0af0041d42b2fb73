import { readFileSync } from "node:fs";
import { startEmulator } from "../../provider/dist/emulator/index.js";
import { Workshop, family } from "../demo/project.ts";
import { SCENES, seedOf } from "../demo/scenes.ts";
import { ensureEngine } from "../engine/index.ts";
import { peakOf } from "./memory.ts";
import { student, trivial } from "./programs.ts";
import { median, mebibytes, seconds } from "./report.ts";
import type { Report } from "./report.ts";

const RUNS = 7;
const GOAL = 1.1;

interface Exported {
  deployment: { resources: { type: string; inputs?: { __provider?: string } }[] };
}

/** What a preview without changes costs, side by side with programs that do less. */
export async function benchPreview(): Promise<Report> {
  const engine = await ensureEngine();
  await using emulator = await startEmulator({ seed: seedOf(SCENES.student!) });
  using workshop = new Workshop(engine, emulator);
  const programs = {
    student: workshop.program("student", student),
    empty: workshop.program("empty", "export {};\n"),
    trivial: workshop.program("trivial", trivial),
  };
  type Program = keyof typeof programs;
  const names = Object.keys(programs) as Program[];
  for (const name of names) {
    await workshop.ok(programs[name], "stack", "init", "bench");
    await workshop.ok(programs[name], "up", "--yes", "--skip-preview");
  }

  const preview = (name: Program) => workshop.ok(programs[name], "preview", "--expect-no-changes");
  for (const name of names) await preview(name); // Warms the file system and Node.js' compile cache.
  const firstRequest = emulator.audit.lastSeq;
  const times: Record<Program, number[]> = { student: [], empty: [], trivial: [] };
  for (let run = 0; run < RUNS; run++) {
    // Another order each time, so that none profits from the one before it.
    for (let at = 0; at < names.length; at++) {
      const name = names[(at + run) % names.length]!;
      times[name].push((await preview(name)).ms);
    }
    console.error(`run ${run + 1} of ${RUNS}`);
  }
  const graphRequests = emulator.audit.lastSeq - firstRequest;
  const wall = { student: median(times.student), empty: median(times.empty), trivial: median(times.trivial) };
  const peak = (name: Program) => peakMemory((started) => workshop.run(programs[name], ["preview"], started));
  const memory = { student: await peak("student"), trivial: await peak("trivial") };
  const state = (await workshop.ok(programs.student, "stack", "export")).output;
  const resource = (JSON.parse(state) as Exported).deployment.resources.find(({ type }) =>
    type.includes("PasskeyPolicy"),
  );
  const result = {
    runs: RUNS,
    previewMs: wall,
    ratioToEmpty: wall.student / wall.empty,
    ratioToTrivial: wall.student / wall.trivial,
    goal: GOAL,
    graphRequests,
    stateBytes: Buffer.byteLength(state),
    resourceBytes: Buffer.byteLength(JSON.stringify(resource)),
    providerBytes: Buffer.byteLength(resource?.inputs?.__provider ?? ""),
    pluginPeakKiB: memory,
  };

  const missed = graphRequests === 0 ? [] : ["A preview without changes made requests to Graph; it must make none."];
  const rows: Report["rows"] = [
    [`Preview without changes, student stack (median of ${RUNS})`, seconds(result.previewMs.student)],
    ["  an empty program", `${seconds(result.previewMs.empty)} (ratio ${result.ratioToEmpty.toFixed(2)})`],
    ["  one trivial dynamic resource", seconds(result.previewMs.trivial)],
    ["  ratio to the trivial resource", `${result.ratioToTrivial.toFixed(2)} (goal: at most ${GOAL.toFixed(2)})`],
    [`Requests to Graph in ${RUNS} previews`, String(graphRequests)],
    ["State of the stack, exported", `${result.stateBytes} bytes`],
    ["  the resource in it", `${result.resourceBytes} bytes`],
    ["  its provider text", `${result.providerBytes} bytes`],
    ["Peak memory of the plugin, student stack", mebibytes(result.pluginPeakKiB.student)],
    ["  one trivial dynamic resource", mebibytes(result.pluginPeakKiB.trivial)],
  ];

  const bars = [
    { label: "preview, empty program", ms: wall.empty },
    { label: "preview, trivial resource", ms: wall.trivial },
    { label: "preview, student stack", ms: wall.student },
  ];
  return { figures: result, rows, missed, bars };
}

/** Peak resident memory of the plugin in one more preview; undefined where the system does not tell. */
async function peakMemory(run: (started: (pid: number) => void) => Promise<unknown>): Promise<number | undefined> {
  let peak = 0;
  let watch: NodeJS.Timeout | undefined;
  await run((root) => {
    watch = setInterval(() => {
      for (const pid of family(root).filter(isPlugin)) peak = Math.max(peak, peakOf(pid));
    }, 50);
  });
  clearInterval(watch);
  return peak || undefined;
}

function isPlugin(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("dynamic-provider");
  } catch {
    return false;
  }
}
