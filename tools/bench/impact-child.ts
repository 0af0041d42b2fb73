/** One assessment in a process of its own, so that its memory is nobody else's. Prints one line of JSON. */
import { assessImpact, normalizePolicy } from "../../provider/dist/policy/index.js";
import { peakOf } from "./memory.ts";
import { before, closed, methods, narrowed, people, REGISTRATIONS, strengths } from "./people.ts";

/** What the parent asks for. */
export interface Task {
  /** Build the people and stop: what the others are measured against. */
  readonly empty?: true;
  readonly after: "narrowed" | "closed";
  /** With method policies and authentication strengths. */
  readonly tenant?: true;
  /** Nobody shares a list with anybody. */
  readonly own?: true;
}

export interface Measured {
  readonly ms: number;
  readonly peakKiB: number;
  readonly people: number;
  readonly affected: number;
  readonly counts?: Readonly<Record<string, number>>;
}

const task = JSON.parse(process.argv[2]!) as Task;
const inventory = people(task.own === true);
normalizePolicy(before); // loads what is loaded once
const start = performance.now();
const impact = task.empty
  ? undefined
  : assessImpact(before, task.after === "narrowed" ? narrowed : closed, inventory, {
      tenant: task.tenant ? { methods, strengths } : {},
    });
const ms = performance.now() - start;
const measured: Measured = {
  ms,
  peakKiB: peakOf("self"),
  people: inventory.people.length,
  affected: impact?.loss?.affected.length ?? 0,
  ...(impact?.loss && { counts: impact.loss.counts }),
};
const registrations = inventory.people.reduce((sum, { passkeys }) => sum + passkeys!.length, 0);
if (registrations < REGISTRATIONS) throw new Error(`only ${registrations} registrations`);
console.log(JSON.stringify(measured));
