/** What it costs to assess a change for a million registrations: time of `assessImpact` alone, and peak memory. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Measured, Task } from "./impact-child.ts";
import { median, mebibytes, seconds } from "./report.ts";
import type { Report } from "./report.ts";

const RUNS = 3;
const GOAL = { ms: 2_000, peakKiB: 512 * 1024 };
const CHILD = join(import.meta.dirname, "impact-child.ts");

const TASKS: readonly { readonly name: string; readonly task: Task; readonly goal: boolean }[] = [
  { name: "the people alone", task: { after: "narrowed", empty: true }, goal: false },
  { name: "models taken from one group", task: { after: "narrowed" }, goal: true },
  { name: "  with method policies and strengths", task: { after: "narrowed", tenant: true }, goal: true },
  { name: "worst case: everyone loses every key", task: { after: "closed", tenant: true }, goal: false },
  { name: "people with lists of their own, alone", task: { after: "narrowed", own: true, empty: true }, goal: false },
  {
    name: "  models taken from one group, with both",
    task: { after: "narrowed", own: true, tenant: true },
    goal: false,
  },
];

async function measure(task: Task): Promise<Measured> {
  const { stdout } = await promisify(execFile)(process.execPath, [CHILD, JSON.stringify(task)]);
  return JSON.parse(stdout) as Measured;
}

export async function benchImpact(): Promise<Report> {
  const figures: ({ name: string } & Measured)[] = [];
  const missed: string[] = [];
  for (const { name, task, goal } of TASKS) {
    const runs: Measured[] = [];
    for (let run = 0; run < RUNS; run += 1) runs.push(await measure(task));
    const ms = median(runs.map((one) => one.ms));
    const peakKiB = Math.max(...runs.map((one) => one.peakKiB));
    figures.push({ ...runs[0]!, name, ms, peakKiB });
    console.error(`impact: ${name.trim()}`);
    if (!goal) continue;
    if (ms > GOAL.ms) missed.push(`Assessing "${name.trim()}" took ${seconds(ms)}; the goal is ${seconds(GOAL.ms)}.`);
    if (peakKiB > GOAL.peakKiB) {
      missed.push(`Assessing "${name.trim()}" took ${mebibytes(peakKiB)}; the goal is ${mebibytes(GOAL.peakKiB)}.`);
    }
  }
  const rows = figures.map(({ name, ms, peakKiB, affected, people }): [string, string] => [
    name,
    affected === 0
      ? `${mebibytes(peakKiB)} for ${people.toLocaleString("en-US")} people`
      : `${seconds(ms)}, ${mebibytes(peakKiB)}, ${affected.toLocaleString("en-US")} affected`,
  ]);
  const title = `Impact of a change on a million registrations (median of ${RUNS}; peak of all)`;
  const goal = `goal: ${seconds(GOAL.ms)} and ${mebibytes(GOAL.peakKiB)} for a model taken from a group`;
  const bars = figures.flatMap(({ name, ms, affected }) =>
    affected === 0 ? [] : [{ label: `impact, ${name.trim()}`, ms }],
  );
  return { figures: { runs: RUNS, goal: GOAL, tasks: figures }, rows: [[title, goal], ...rows], missed, bars };
}
