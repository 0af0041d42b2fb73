/** Workflows of which the rollout has one step more than when its histories were stored. */
import { sleep } from "@temporalio/workflow";
import * as released from "../../../provider/dist/rollout/temporal/workflow.js";

export const entraPasskeysTenantStepV1 = released.entraPasskeysTenantStepV1;

export async function entraPasskeysRolloutV1(
  input: Parameters<typeof released.entraPasskeysRolloutV1>[0],
): Promise<unknown> {
  await sleep(1);
  return released.entraPasskeysRolloutV1(input);
}
