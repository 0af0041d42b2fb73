import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { existsSync, mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { rollback } from "../../provider/dist/cli/rollout/rollback.js";
import { status } from "../../provider/dist/cli/rollout/status.js";
import type { Surface } from "../../provider/dist/cli/rollout/surface.js";
import { resume, up } from "../../provider/dist/cli/rollout/up.js";
import type { LocalActivities } from "../../provider/dist/rollout/activities/index.js";
import { createRollout, defaultFolder } from "../../provider/dist/rollout/local/folder.js";
import { Journal, readJournal } from "../../provider/dist/rollout/local/journal.js";
import type { RolloutPlan } from "../../provider/dist/rollout/plan.js";
import type { RolloutEvent } from "../../provider/dist/rollout/records.js";
import { planOf, type WaveShape } from "../rollout/util.ts";
import { worldActivities, worldOf, type Behaviour, type World, type WorldOptions } from "../rollout/world.ts";

export const ALL = { wave: [], tenant: [] };
export const YES = { yes: true };

/** A wave that asks for an approval. */
export const asked = { name: "pilot", tenants: [0], gate: { approval: { timeoutMs: 60_000 } } };

/** The commands on made-up tenants, in a folder of their own. */
export class Stage {
  readonly folder = mkdtempSync(join(tmpdir(), "entra-passkeys-cli-"));
  readonly file = join(this.folder, "tenants.yaml");
  readonly signals = new EventEmitter();
  readonly asked: string[] = [];
  plan!: RolloutPlan;
  world!: World;
  digest = "abc";
  answer: boolean | undefined;
  options: WorldOptions = {};
  activities: Partial<LocalActivities> = {};
  out = "";
  err = "";

  begin(waves: readonly WaveShape[], behaviours: readonly Behaviour[] = [], failureBudget = 0): this {
    this.plan = planOf(waves, { failureBudget, file: this.file });
    this.world = worldOf(this.plan.tenants, behaviours);
    return this;
  }

  surface(change: Partial<Surface> = {}): Surface {
    return {
      parts: {
        readPlan: () => this.plan,
        planDigest: () => this.digest,
        activities: () => ({
          ...worldActivities(this.world, this.options),
          drift: async () => ({ changes: [], parts: [] }),
          ...this.activities,
        }),
      },
      env: {},
      out: { write: (text) => (this.out += text) },
      err: { write: (text) => (this.err += text) },
      signals: this.signals,
      cache: join(this.folder, "cache"),
      user: "operator",
      now: Date.now,
      ...(this.answer !== undefined && {
        ask: async (question: string) => {
          this.asked.push(question);
          return this.answer!;
        },
      }),
      ...change,
    };
  }

  up = (flags = {}) => up(this.surface(), this.file, { ...YES, ...flags });
  resume = (flags = {}) => resume(this.surface(), this.file, flags);
  status = (flags = {}) => status(this.surface(), this.file, { ...ALL, ...flags });
  rollback = (flags = {}) => rollback(this.surface(), this.file, { ...YES, ...ALL, ...flags });

  /** What was printed since the last time. */
  printed(): string {
    const { out } = this;
    this.out = "";
    return out;
  }

  json(): Record<string, unknown>[] {
    return this.printed()
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  get rollouts(): string[] {
    const folder = defaultFolder(this.file);
    return existsSync(folder) ? readdirSync(folder).sort() : [];
  }

  kinds(id = this.rollouts.at(-1)!): string[] {
    return readJournal(join(defaultFolder(this.file), id)).records.map(({ kind }) => kind);
  }

  /** A rollout in a folder, as a killed process leaves it. */
  left(events: readonly RolloutEvent[]): string {
    const { id, folder } = createRollout(defaultFolder(this.file), this.plan, Date.now());
    const waves = this.plan.waves.map(({ name, tenants }) => ({ name, tenants }));
    const journal = Journal.open(folder);
    journal.append({ kind: "begun", rollout: id, plan: this.digest, waves });
    for (const event of events) journal.append(event);
    journal.close();
    return id;
  }

  /** Waits until the journal of the newest rollout has such a record. */
  async until(kind: RolloutEvent["kind"]): Promise<void> {
    for (let tries = 0; tries < 200; tries += 1) {
      if (this.rollouts.length > 0 && this.kinds().includes(kind)) return;
      await sleep(10);
    }
    assert.fail(`there was no record "${kind}"`);
  }
}
