export { replayRollout, workflowBundle } from "./bundle.js";
export { NoWorkerError, RolloutClient, RolloutRunsError, type ClusterRun } from "./client.js";
export { follow, type FollowFrom, type FollowOptions } from "./follow.js";
export { newInput, nextId, nextInput } from "./start.js";
export { ownProcess, startWorker, type RunningWorker, type WorkerOptions } from "./worker.js";
