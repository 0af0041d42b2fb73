/** What an update with many targets in one policy costs beside one with a single target: time, and requests to Graph. */
import { startEmulator } from "../../provider/dist/emulator/index.js";
import { Workshop } from "../demo/project.ts";
import { ensureEngine } from "../engine/index.ts";
import { median, seconds, type Report } from "./report.ts";

const RUNS = 5;
const COUNTS = [1, 10, 100] as const;
const GOAL = 1.5;

const groupName = (index: number) => `Class ${String(index + 1).padStart(3, "0")}`;

const program = (count: number) => {
  const includeTargets = Array.from({ length: count }, (_, index) => ({ group: groupName(index) }));
  return `import { PasskeyPolicy } from "pulumi-entra-passkeys";
new PasskeyPolicy("targets", ${JSON.stringify({ includeTargets })});
`;
};

export async function benchTargets(): Promise<Report> {
  const engine = await ensureEngine();
  const groups = Array.from({ length: Math.max(...COUNTS) }, (_, index) => ({ displayName: groupName(index) }));
  const id = "7e4a1c00-0000-4000-8000-000000000001";
  await using emulator = await startEmulator({
    seed: { tenants: [{ id, displayName: "School", mode: "profiles", policy: { state: "enabled" }, groups }] },
  });
  using workshop = new Workshop(engine, emulator);
  const folders = new Map(COUNTS.map((count) => [count, workshop.program(`targets-${count}`, program(count))]));
  const times = new Map(COUNTS.map((count) => [count, [] as number[]]));
  const requests = new Map<number, number>();
  for (const folder of folders.values()) await workshop.ok(folder, "stack", "init", "bench");
  // The first round warms the file system and Node.js' compile cache, and does not count.
  for (let run = 0; run <= RUNS; run += 1) {
    for (const [at] of COUNTS.entries()) {
      const count = COUNTS[(at + run) % COUNTS.length]!;
      const folder = folders.get(count)!;
      const before = emulator.audit.lastSeq;
      const { ms } = await workshop.ok(folder, "up", "--yes", "--skip-preview");
      // What came in a batch was one request.
      const sent = emulator.audit.entries.filter(({ seq, batch }) => seq > before && batch === undefined);
      requests.set(count, sent.length);
      if (run > 0) times.get(count)!.push(ms);
      await workshop.ok(folder, "destroy", "--yes", "--skip-preview");
    }
    if (run > 0) console.error(`targets: run ${run} of ${RUNS}`);
  }
  const figures = COUNTS.map((targets) => ({
    targets,
    ms: median(times.get(targets)!),
    requests: requests.get(targets)!,
  }));
  const [one] = figures as [(typeof figures)[0]];
  const missed = figures.flatMap(({ targets, ms, requests: sent }) => [
    ...(sent > one.requests
      ? [`An up with ${targets} targets made ${sent} requests, one target ${one.requests}.`]
      : []),
    ...(ms > GOAL * one.ms
      ? [`An up with ${targets} targets took ${(ms / one.ms).toFixed(2)} times as long as one; the goal is ${GOAL}.`]
      : []),
  ]);
  const rows = figures.map(({ targets, ms, requests: sent }): [string, string] => [
    `up with ${targets} target${targets === 1 ? "" : "s"} in one PasskeyPolicy (median of ${RUNS})`,
    `${seconds(ms)} (ratio ${(ms / one.ms).toFixed(2)}), ${sent} requests`,
  ]);
  return {
    figures,
    rows: [["Targets", `goal: as many requests as one, at most ${GOAL} times as long`], ...rows],
    missed,
    bars: figures.map(({ targets, ms }) => ({ label: `up, ${targets} target${targets === 1 ? "" : "s"}`, ms })),
  };
}
