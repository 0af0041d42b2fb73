/** What a refresh costs beside one of a trivial dynamic resource: time, and requests to Graph. */
import { startEmulator } from "../../provider/dist/emulator/index.js";
import { Workshop } from "../demo/project.ts";
import { SCENES, seedOf } from "../demo/scenes.ts";
import { ensureEngine } from "../engine/index.ts";
import { student, trivial } from "./programs.ts";
import { median, seconds, type Report } from "./report.ts";

const RUNS = 5;

export async function benchRefresh(): Promise<Report> {
  const engine = await ensureEngine();
  await using emulator = await startEmulator({ seed: seedOf(SCENES.student!) });
  using workshop = new Workshop(engine, emulator);
  const folders = { student: workshop.program("student", student), trivial: workshop.program("trivial", trivial) };
  const times = { student: [] as number[], trivial: [] as number[] };
  let requests = 0;
  for (const folder of Object.values(folders)) {
    await workshop.ok(folder, "stack", "init", "bench");
    await workshop.ok(folder, "up", "--yes", "--skip-preview");
  }
  for (let run = 0; run <= RUNS; run += 1) {
    for (const name of run % 2 === 0 ? (["student", "trivial"] as const) : (["trivial", "student"] as const)) {
      const before = emulator.audit.lastSeq;
      const { ms } = await workshop.ok(folders[name], "refresh", "--yes", "--skip-preview");
      if (name === "student") requests = emulator.audit.lastSeq - before;
      if (run > 0) times[name].push(ms);
    }
    if (run > 0) console.error(`refresh: run ${run} of ${RUNS}`);
  }
  const wall = { student: median(times.student), trivial: median(times.trivial) };
  const ratio = wall.student / wall.trivial;
  return {
    figures: { runs: RUNS, refreshMs: wall, ratio, requests },
    rows: [
      [
        `Refresh, student stack (median of ${RUNS})`,
        `${seconds(wall.student)}, ${requests} requests (sign-in and policy)`,
      ],
      ["  one trivial dynamic resource", `${seconds(wall.trivial)} (ratio ${ratio.toFixed(2)})`],
    ],
    missed:
      requests > 2 ? [`A refresh made ${requests} requests; it needs one to sign in and one for the policy.`] : [],
    bars: [
      { label: "refresh, trivial resource", ms: wall.trivial },
      { label: "refresh, student stack", ms: wall.student },
    ],
  };
}
