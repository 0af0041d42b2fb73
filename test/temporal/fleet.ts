/**
 * Tenants in files of a folder, to which workers of any process do the steps of a rollout, and which stay as they are
 * whoever is killed. What is done is marked in a file.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { RolloutParts } from "../../provider/dist/rollout/local/parts.js";
import type { RolloutPlan, TenantSpec } from "../../provider/dist/rollout/plan.js";
import { worldActivities, worldOf, type Behaviour, type Step, type World } from "../rollout/world.ts";

export const DIGEST = "0123456789abcdef";

/** A step begins at a worker, has done what it does, or has told it. */
export type Moment = "begins" | "done" | "ends";

export interface Mark {
  readonly worker: string;
  readonly step: Step | "healthCheck";
  /** Id; none for a health check. */
  readonly tenant?: string;
  readonly moment: Moment;
}

const STEPS = ["scan", "preview", "save", "apply", "verify", "restore"] as const;

export class Fleet {
  readonly folder: string;
  readonly plan: RolloutPlan;

  constructor(folder: string, plan: RolloutPlan) {
    this.folder = folder;
    this.plan = plan;
  }

  static make(folder: string, plan: RolloutPlan, behaviours: readonly Behaviour[] = []): Fleet {
    const fleet = new Fleet(folder, plan);
    mkdirSync(join(folder, "project"), { recursive: true });
    for (const [id, own] of Object.entries(worldOf(plan.tenants, behaviours))) fleet.#write(id, own);
    return fleet;
  }

  #file = (id: string) => join(this.folder, `${id}.json`);
  #write = (id: string, own: World[string]) => writeFileSync(this.#file(id), JSON.stringify(own));

  /** The tenants as they are. */
  world(): World {
    return Object.fromEntries(
      this.plan.tenants.map(({ id }) => [id, JSON.parse(readFileSync(this.#file(id), "utf8")) as World[string]]),
    );
  }

  marks(wanted: Partial<Mark> = {}): Mark[] {
    const file = join(this.folder, "marks.jsonl");
    if (!existsSync(file)) return [];
    const marks = readFileSync(file, "utf8")
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Mark);
    return marks.filter((mark) => Object.entries(wanted).every(([key, value]) => mark[key as keyof Mark] === value));
  }

  #holdFile = (step: string, id: string, moment: Moment) => join(this.folder, `hold-${step}-${id}-${moment}`);

  /** Keeps a step at a moment, wherever it is done, until it is released. */
  hold(step: Step, id: string, moment: Moment): { release(): void } {
    const file = this.#holdFile(step, id, moment);
    writeFileSync(file, "");
    return { release: () => rmSync(file, { force: true }) };
  }

  /** What a worker does, which is a fake of what the real one does. */
  parts(worker: string, before: (step: Step, tenant: TenantSpec) => void = () => {}): RolloutParts {
    const mark = (own: Omit<Mark, "worker">) =>
      appendFileSync(join(this.folder, "marks.jsonl"), `${JSON.stringify({ worker, ...own })}\n`);
    const reach = async (step: Step, { id }: TenantSpec, moment: Moment) => {
      mark({ step, tenant: id, moment });
      while (existsSync(this.#holdFile(step, id, moment))) await sleep(20);
    };
    const step = (name: Step) => async (tenant: TenantSpec) => {
      await reach(name, tenant, "begins");
      try {
        before(name, tenant);
        const own = this.world();
        try {
          return await worldActivities(own)[name](tenant);
        } finally {
          this.#write(tenant.id, own[tenant.id]!);
          await reach(name, tenant, "done");
        }
      } finally {
        mark({ step: name, tenant: tenant.id, moment: "ends" });
      }
    };
    return {
      readPlan: () => this.plan,
      planDigest: () => DIGEST,
      activities: () =>
        ({
          ...Object.fromEntries(STEPS.map((name) => [name, step(name)])),
          healthCheck: async () => mark({ step: "healthCheck", moment: "ends" }),
          drift: async () => ({ changes: [], parts: [] }),
        }) as unknown as ReturnType<RolloutParts["activities"]>,
    };
  }
}
