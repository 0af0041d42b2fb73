/** A worker in a process of its own, which ends with the process that has started it: `worker-child.ts <told as JSON>`. */
import type { RolloutPlan } from "../../provider/dist/rollout/plan.js";
import type { ClusterSettings } from "../../provider/dist/rollout/temporal/settings.js";
import { startWorker } from "../../provider/dist/rollout/temporal/worker.js";
import { Fleet } from "./fleet.ts";
import { quietWorkers } from "./harness.ts";

export interface Told {
  readonly name: string;
  readonly folder: string;
  readonly plan: RolloutPlan;
  readonly cluster: ClusterSettings;
}

const { name, folder, plan, cluster } = JSON.parse(process.argv[2]!) as Told;
process.once("disconnect", () => process.exit());
quietWorkers();
const { done } = await startWorker({
  cluster,
  parts: new Fleet(folder, plan).parts(name),
  files: [plan.file],
  env: {},
});
process.send!("polls");
await done;
