import type { TenantSpec } from "../../rollout/plan.js";
import type { RolloutRecord } from "../../rollout/records.js";
import { sentence } from "./sentences.js";
import type { Output, Paint } from "./surface.js";
import type { Step } from "./watched.js";

/** Shows how far a rollout is. */
export interface Progress {
  record(record: RolloutRecord): void;
  /** Something is about to be done to a tenant. */
  step(tenant: TenantSpec, step: Step): void;
  /** Something that stays, beside the records. */
  note(text: string): void;
  end(): Promise<void>;
  /** Leaves the terminal as it was, because the process ends here. */
  abandon?(): void;
}

/** How long each tenant has been at it, from its first step of this run to its last record. */
export class Durations {
  readonly #since = new Map<string, number>();

  begin(tenant: string, now: number): void {
    if (!this.#since.has(tenant)) this.#since.set(tenant, now);
  }

  /** Milliseconds until a record that settles its tenant; undefined for any other. */
  until(record: RolloutRecord): number | undefined {
    if (!("tenant" in record) || !SETTLING.has(record.kind)) return undefined;
    const since = this.#since.get(record.tenant);
    this.#since.delete(record.tenant);
    return since === undefined ? undefined : Date.parse(record.at) - since;
  }
}

const SETTLING: ReadonlySet<RolloutRecord["kind"]> = new Set([
  "verified",
  "failed",
  "heldBack",
  "restored",
  "notRestored",
]);

const COLOURS: Readonly<Partial<Record<RolloutRecord["kind"], Parameters<Paint>[0]>>> = {
  verified: "green",
  healthy: "green",
  done: "green",
  restored: "green",
  failed: "red",
  heldBack: "yellow",
  notRestored: "red",
  stopped: "yellow",
  aborted: "yellow",
  retrying: "yellow",
  approvalAsked: "cyan",
  waveBegun: "bold",
};

export interface LinesOptions {
  readonly out: Output;
  readonly err: Output;
  readonly paint: Paint;
  readonly nameOf: (tenant: string) => string;
  readonly now: () => number;
  /** With times. */
  readonly verbose?: boolean;
}

/** A line for each record, for logs. */
export function lineProgress({ out, err, paint, nameOf, now, verbose }: LinesOptions): Progress {
  const durations = new Durations();
  return {
    record(record) {
      const line = sentence(record, nameOf, durations.until(record));
      const colour = COLOURS[record.kind];
      out.write(`${verbose ? `${record.at} ` : ""}${colour === undefined ? line : paint(colour, line)}\n`);
    },
    step: ({ id }) => durations.begin(id, now()),
    note: (text) => void err.write(`${text}\n`),
    end: async () => undefined,
  };
}

/** A JSON object for each record, as in the journal, and one for each step. */
export function jsonProgress({ out, err, now }: Pick<LinesOptions, "out" | "err" | "now">): Progress {
  return {
    record: ({ at, kind, ...rest }) => writeJson(out, { at, kind, ...rest }),
    step: ({ id }, step) => writeJson(out, { at: new Date(now()).toISOString(), kind: "progress", tenant: id, step }),
    note: (text) => void err.write(`${text}\n`),
    end: async () => undefined,
  };
}

export function writeJson(out: Output, value: object): void {
  out.write(`${JSON.stringify(value)}\n`);
}
