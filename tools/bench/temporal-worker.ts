/**
 * A worker in a process of its own whose steps do nothing, so that what is measured is the engine alone. Says `Polling`
 * when it does, and ends by SIGTERM. Arguments: the tenants' file, the server's address, the task queue.
 */
import { rolloutParts } from "../../provider/dist/rollout/local/parts.js";
import { ownProcess, startWorker } from "../../provider/dist/rollout/temporal/index.js";
import { nothing } from "./nothing.ts";

const [file, address, taskQueue] = process.argv.slice(2) as [string, string, string];
ownProcess(console.error, {});
const worker = await startWorker({
  cluster: { address, namespace: "default", taskQueue, codecKeys: [] },
  parts: { ...rolloutParts, activities: () => ({ ...nothing, drift: async () => ({ changes: [], parts: [] }) }) },
  files: [file],
  env: {},
});
process.once("SIGTERM", () => worker.stop());
console.log("Polling");
await worker.done;
