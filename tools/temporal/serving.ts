import { setTimeout as sleep } from "node:timers/promises";
import { Connection } from "@temporalio/client";

/** The code of gRPC for what does not exist. */
const NOT_FOUND = 5;

/** The kind of task queue that workflows are taken from, a number of Temporal's protocol. */
const WORKFLOW_QUEUE = 1;

/**
 * Waits until a server takes workflows: the parts of it behind the port come up after the port, so the one that holds
 * workflows and the one that holds task queues are both asked. Ends when the signal is given.
 */
export async function serving(address: string, namespace: string, signal: AbortSignal): Promise<void> {
  const connection = Connection.lazy({ address });
  try {
    for (;;) {
      signal.throwIfAborted();
      if (await connection.withDeadline(Date.now() + 5_000, () => answers(connection, namespace))) return;
      await sleep(100, undefined, { signal });
    }
  } finally {
    await connection.close();
  }
}

async function answers({ workflowService }: Connection, namespace: string): Promise<boolean> {
  try {
    const taskQueue = { name: "is-there" };
    await workflowService.describeTaskQueue({ namespace, taskQueue, taskQueueType: WORKFLOW_QUEUE });
    await workflowService.describeWorkflowExecution({ namespace, execution: { workflowId: "is-there" } });
    return true;
  } catch (error) {
    return (error as { code?: number }).code === NOT_FOUND;
  }
}
