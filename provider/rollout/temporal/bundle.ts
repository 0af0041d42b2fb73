import { bundleWorkflowCode, DefaultLogger, Worker, type WorkflowBundleWithSourceMap } from "@temporalio/worker";
import { FAILURE_CONVERTER } from "./converter.js";

const bundles = new Map<boolean, Promise<WorkflowBundleWithSourceMap>>();

/**
 * The code of the workflows, for as many workers of this process as there are; made once, in a second or two.
 *
 * @param encrypted whether payloads, and so texts of failures, are encrypted
 */
export function workflowBundle(encrypted: boolean): Promise<WorkflowBundleWithSourceMap> {
  let bundle = bundles.get(encrypted);
  if (bundle === undefined) {
    bundle = bundleWorkflowCode({
      workflowsPath: require.resolve("./workflow.js"),
      logger: new DefaultLogger("WARN"),
      ...(encrypted && { failureConverterPath: FAILURE_CONVERTER }),
    });
    bundles.set(encrypted, bundle);
  }
  return bundle;
}

/**
 * Runs the workflow code of this version over what a rollout of another version has done, and throws where it would do
 * something else: such a change needs `patched`, or another workflow type.
 *
 * @param history as the client's `history` gives it, or decoded from its binary form
 */
export async function replayRollout(history: unknown): Promise<void> {
  await Worker.runReplayHistory({ workflowBundle: await workflowBundle(false) }, history);
}
