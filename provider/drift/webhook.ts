import { setTimeout as sleep } from "node:timers/promises";
import { isLoopback } from "../graph/loopback.js";
import type { DriftReport } from "./model.js";
import { driftText } from "./text.js";

const TIMEOUT_MS = 10_000;
/** Pauses between tries, in milliseconds. */
const PAUSES_MS: readonly number[] = [500, 2_000];

/**
 * Where a message goes. The address of a webhook is a secret: no error shows more of it than its host.
 *
 * @param place what the error calls the setting.
 * @throws Error for what is no https URL; http on this machine only.
 */
export function checkWebhook(address: string, place: string): URL {
  const url = URL.canParse(address.trim()) ? new URL(address.trim()) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new Error(`${place} is not an https URL. Give the whole address that the receiver shows.`);
  }
  if (url.protocol === "http:" && !isLoopback(url.hostname)) {
    throw new Error(`${place} (${url.host}) is not https, and who reads along would learn the address. Use https.`);
  }
  return url;
}

/**
 * Sends a report as JSON: its members, and `text` with everything in words, which Slack and Teams show as it is.
 *
 * @param pauses between tries, in milliseconds; so many tries and one more.
 * @throws Error where no try was answered with a 2xx.
 */
export async function sendToWebhook(url: URL, report: DriftReport, pauses = PAUSES_MS): Promise<void> {
  const body = JSON.stringify({ text: driftText(report), ...report });
  let reason = "";
  for (let attempt = 0; attempt <= pauses.length; attempt += 1) {
    if (attempt > 0) await sleep(pauses[attempt - 1]);
    const answer = await post(url, body);
    if (answer === undefined) return;
    reason = answer.reason;
    if (!answer.again) break;
  }
  throw new Error(`The message was not delivered to ${url.host}: ${reason}. Check the address, and send it again.`);
}

async function post(url: URL, body: string): Promise<{ readonly reason: string; readonly again: boolean } | undefined> {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
      // The address is the receiver's secret, and the message is for nobody else.
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await response.body?.cancel();
    if (response.ok) return undefined;
    return { reason: `it answered ${response.status}`, again: response.status === 429 || response.status >= 500 };
  } catch (error) {
    const { name, cause } = error as Error & { cause?: { code?: string } };
    const reason =
      name === "TimeoutError" ? `no answer within ${TIMEOUT_MS / 1000} s` : (cause?.code ?? "no connection");
    return { reason, again: true };
  }
}
