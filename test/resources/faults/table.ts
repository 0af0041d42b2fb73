/** What goes wrong with one request, and how an operation then ends. */
import type { FaultHandle, FaultSpec } from "../../../provider/dist/emulator/index.js";

type Action = FaultSpec["do"];

/** How an operation ends: as if nothing had been, or with one of these errors. */
export type End = "well" | readonly string[];

export interface Row {
  readonly fault: string;
  readonly do: Action;
  readonly times?: FaultHandle["spec"]["times"];
  readonly end: End;
}

const answer = (status: number, more: object = {}): Action => ({ kind: "status", status, ...more });
const handled = (status: number, more: object = {}): Action => answer(status, { phase: "after", ...more });
const cut = (phase: "before" | "during" | "after"): Action => ({ kind: "cut", phase });
const page = "<html><title>Sign in to the proxy</title></html>";
const json = { headers: { "content-type": "application/json" } };

/** With either. */
const both: readonly Row[] = [
  { fault: "429 with Retry-After in seconds", do: answer(429, { retryAfter: 7 }), end: "well" },
  { fault: "429 with Retry-After as a date", do: answer(429, { retryAfter: { dateIn: 7 } }), end: "well" },
  { fault: "429 without Retry-After", do: answer(429), end: "well" },
  { fault: "503", do: answer(503), end: "well" },
  { fault: "a token that has expired", do: { kind: "expiredToken" }, end: "well" },
  { fault: "429 for good", do: answer(429, { retryAfter: 40 }), times: "always", end: ["ThrottledError"] },
  { fault: "503 for good", do: answer(503), times: "always", end: ["ThrottledError"] },
  { fault: "tokens that expire at once", do: { kind: "expiredToken" }, times: "always", end: ["SignInError"] },
  { fault: "a permission that is lost", do: { kind: "missingPermission" }, times: "always", end: ["PermissionError"] },
];

export const READS: readonly Row[] = [
  ...both,
  { fault: "502", do: answer(502), end: "well" },
  { fault: "504", do: answer(504), end: "well" },
  { fault: "500", do: answer(500), end: ["GraphError"] },
  { fault: "502 for good", do: answer(502), times: "always", end: ["GraphError"] },
  { fault: "a connection cut before the answer", do: cut("before"), end: "well" },
  { fault: "a connection cut in the answer", do: cut("during"), end: "well" },
  { fault: "a connection cut for good", do: cut("before"), times: "always", end: ["GraphError"] },
  { fault: "a proxy's page", do: answer(200, { text: page }), end: ["UnreadableAnswerError"] },
  { fault: "an empty 200", do: answer(200, { text: "", ...json }), end: ["UnreadableAnswerError"] },
  { fault: "a JSON array", do: answer(200, { text: "[]", ...json }), end: ["UnreadableAnswerError"] },
  { fault: "an empty object", do: answer(200, { text: "{}", ...json }), end: ["UnreadableAnswerError"] },
  { fault: "truncated JSON", do: answer(200, { text: '{"state":"ena', ...json }), end: ["UnreadableAnswerError"] },
];

export const WRITES: readonly Row[] = [
  ...both,
  ...[500, 502, 504].flatMap((status): Row[] => [
    { fault: `${status} without effect`, do: answer(status), end: "well" },
    { fault: `${status} although it took effect`, do: handled(status), end: "well" },
    { fault: `${status} for good`, do: answer(status), times: "always", end: ["NotTakenError"] },
  ]),
  { fault: "a connection cut before the write", do: cut("before"), end: "well" },
  { fault: "a connection cut after the write", do: cut("after"), end: "well" },
  { fault: "a connection cut in the answer", do: cut("during"), end: "well" },
  { fault: "a connection cut for good", do: cut("before"), times: "always", end: ["NotTakenError"] },
  { fault: "a proxy's page although it took effect", do: handled(200, { text: page }), end: "well" },
  { fault: "reads that are behind for 5 s", do: { kind: "staleReads", reads: { seconds: 5 } }, end: "well" },
  {
    fault: "reads that are behind for 60 s",
    do: { kind: "staleReads", reads: { seconds: 60 } },
    end: ["NotVisibleError", "StillOldError"],
  },
];

/** What each error has to say of the reason and the way out. */
export const SAYS: Readonly<Record<string, RegExp>> = {
  ThrottledError: /failed: (429|503).*did not process the request\. Run again (in \d+ s or )?later/,
  SignInError: /failed: 401.*check tenant and cloud/,
  PermissionError: /failed: 403.*Grant the application permission Policy\.Read/,
  GraphError: /failed: .*(Try again later; if it stays|running\?)/,
  UnreadableAnswerError: /failed: .*could not be understood.*Check/,
  NotTakenError: /did not take the change of .*nothing was written by it\. Run pulumi up again/,
  NotVisibleError: /took the change of .*still answered the old value\. Run pulumi up again/,
  StillOldError: /took the change of .*still answered the old value\. Run pulumi up again/,
};
