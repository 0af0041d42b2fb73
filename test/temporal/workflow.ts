/** A workflow for the test of the server; it runs in the sandbox of a worker, so this file imports nothing else. */
import { condition, defineSignal, proxyActivities, setHandler } from "@temporalio/workflow";

/** Lets the workflow go on. */
export const goOn = defineSignal("goOn");

const { note } = proxyActivities<{ note(text: string): Promise<string> }>({ startToCloseTimeout: "30 s" });

/** Notes a text, waits for the signal, notes it again. */
export async function twice(text: string): Promise<string[]> {
  let may = false;
  setHandler(goOn, () => void (may = true));
  const first = await note(`${text} 1`);
  await condition(() => may);
  return [first, await note(`${text} 2`)];
}
