/** Which fault meets which command of which life. What is not here is in `test/resources/faults/`, request by request. */
import type { Emulator } from "../../../provider/dist/emulator/index.js";
import { PROFILES, SINGLE_STEPS, WINDOWS } from "../lives.ts";
import type { Case, Disturbance } from "./disturb.ts";

const READ = { method: "GET", kind: "policy" } as const;
const WRITE = { method: "PATCH", kind: "policy" } as const;
const GROUPS = { method: "GET", kind: "group" } as const;
const ALWAYS = { times: "always" } as const;
const page = "<html><title>Sign in to the proxy</title></html>";

type Faults = Emulator["faults"];
const well = (fault: string, add: (faults: Faults) => ReturnType<Faults["add"]>): Disturbance => ({ fault, add });
const fails = (fault: string, error: RegExp, add: (faults: Faults) => ReturnType<Faults["add"]>): Disturbance => ({
  fault,
  error,
  add,
});

const SOON = /failed: (429|503).* did not process the request\. Run again (in \d+ s or )?later/;
const UNREADABLE = /failed: .*could not be understood, so nothing was concluded from it\. Check/;
const NOT_TAKEN = /did not take the change of .*nothing was written by it\. Run pulumi up again later/;

/** Refusals to go on for now: 429, 503 and kin. */
export const THROTTLED: readonly Case[] = [
  {
    life: WINDOWS,
    create: well("429 and Retry-After in seconds at the second step", (f) =>
      f.throttle(WRITE, { retryAfter: 1, after: 1 }),
    ),
    update: well("429 and Retry-After as a date at a read", (f) => f.throttle(READ, { retryAfter: { dateIn: 1 } })),
    destroy: well("429 without Retry-After at the second step", (f) => f.throttle(WRITE, { after: 1 })),
  },
  {
    life: SINGLE_STEPS,
    create: fails("429 at the write for good", SOON, (f) => f.throttle(WRITE, { retryAfter: 0.1, ...ALWAYS })),
    update: fails("503 at the reads for good", SOON, (f) => f.status(READ, 503, { retryAfter: 0.1, ...ALWAYS })),
    destroy: well("503 at the write", (f) => f.status(WRITE, 503, { retryAfter: 1 })),
  },
  {
    life: WINDOWS,
    options: { clockOffsetSeconds: 3600 },
    create: well("a clock an hour behind, and Retry-After as a date", (f) =>
      f.throttle(WRITE, { retryAfter: { dateIn: 1 }, after: 1 }),
    ),
    update: well("a clock an hour behind, and a token that has expired", (f) => f.expiredToken(WRITE, { after: 1 })),
    destroy: well("a clock an hour behind, and Retry-After as a date at a read", (f) =>
      f.throttle(READ, { retryAfter: { dateIn: 1 } }),
    ),
  },
];

/** Answers that are lost, or say something else than what happened. */
export const LOST: readonly Case[] = [
  {
    life: PROFILES,
    create: well("500 although the write took effect", (f) => f.status(WRITE, 500, { phase: "after" })),
    update: fails("502 at the second step for good", NOT_TAKEN, (f) => f.status(WRITE, 502, { after: 1, ...ALWAYS })),
    destroy: well("504 although the first step took effect", (f) => f.status(WRITE, 504, { phase: "after" })),
  },
  {
    life: WINDOWS,
    create: well("a connection cut before the second write", (f) => f.cutBefore(WRITE, { after: 1 })),
    update: well("a connection cut in the answer to the first write", (f) => f.cutDuring(WRITE)),
    destroy: well("a connection cut after the second write", (f) => f.cutAfter(WRITE, { after: 1 })),
  },
  {
    life: SINGLE_STEPS,
    create: fails("a connection cut before every write", NOT_TAKEN, (f) => f.cutBefore(WRITE, ALWAYS)),
    update: well("200 and a page instead of 204", (f) => f.status(WRITE, 200, { phase: "after", text: page })),
    destroy: fails("500 at every read", /failed: 500.*Try again later/, (f) => f.status(READ, 500, ALWAYS)),
  },
  {
    life: WINDOWS,
    create: well("reads that are behind after the second write", (f) => f.staleReads(3, WRITE, { after: 1 })),
    update: fails(
      "reads that stay behind after the first write",
      /3 seconds later .*still answered the old value\. Run pulumi up again/,
      (f) => f.staleReads("untilReleased", WRITE),
    ),
    destroy: well("reads that are behind for a second", (f) => f.staleReads({ seconds: 1 })),
  },
];

/** Answers that are none, and rights that are gone. */
export const UNUSABLE: readonly Case[] = [
  {
    life: PROFILES,
    create: fails("a proxy's page for the policy", UNREADABLE, (f) => f.status(READ, 200, { text: page })),
    update: fails("truncated JSON for groups", UNREADABLE, (f) => f.status(GROUPS, 200, { text: '{"value":[{"id":' })),
    destroy: fails("an empty 200 for the policy at every read", UNREADABLE, (f) =>
      f.status(READ, 200, { text: "", ...ALWAYS }),
    ),
  },
  {
    life: SINGLE_STEPS,
    create: fails("a JSON array for the policy", UNREADABLE, (f) => f.status(READ, 200, { text: "[]" })),
    update: fails("a huge page for groups", UNREADABLE, (f) =>
      f.status(GROUPS, 200, { text: page.padEnd(4_000_000, " ") }),
    ),
    destroy: well("200 and the policy instead of 204", (f) =>
      f.status(WRITE, 200, { phase: "after", body: { state: "enabled" } }),
    ),
  },
  {
    life: WINDOWS,
    create: well("a token that expires between the steps", (f) => f.expiredToken(WRITE, { after: 1 })),
    update: fails(
      "a permission that is lost between the steps",
      /failed: 403.*Grant the application permission Policy\.ReadWrite\.AuthenticationMethod .*the next pulumi up finishes it/,
      (f) => f.missingPermission(WRITE, { after: 1, ...ALWAYS }),
    ),
    destroy: fails("tokens that expire at once from the second step on", /failed: 401.*check tenant and cloud/, (f) =>
      f.expiredToken(WRITE, { after: 1, ...ALWAYS }),
    ),
  },
];
