import type { RolloutEvent, RolloutRecord } from "../../provider/dist/rollout/records.js";
import { idOf, planOf } from "./util.ts";

export const plan = planOf([
  { name: "pilot", tenants: [0, 1, 2] },
  { name: "broad", tenants: [3] },
]);

export const recordsOf = (events: readonly RolloutEvent[]): RolloutRecord[] =>
  events.map((event, index) => ({ at: new Date(Date.UTC(2026, 10, 26, 9, index)).toISOString(), ...event }));

export const BEGUN: RolloutEvent = {
  kind: "begun",
  rollout: "2026-11-26-1",
  plan: "abc",
  waves: plan.waves.map(({ name, tenants }) => ({ name, tenants })),
};

export const STOPPED = recordsOf([
  BEGUN,
  { kind: "waveBegun", wave: "pilot" },
  { kind: "skipped", tenant: idOf(0), reason: "It has what it should have." },
  { kind: "previewed", tenant: idOf(1), verdict: "change", sentence: "The policy changes, and nobody loses a key." },
  { kind: "previewed", tenant: idOf(2), verdict: "lockout", sentence: "It would lock 3 people out." },
  { kind: "heldBack", tenant: idOf(2), reason: "It would lock 3 people out." },
  { kind: "applying", tenant: idOf(1), attempt: 1 },
  { kind: "retrying", tenant: idOf(1), reason: "429 TooManyRequests", attempt: 1 },
  { kind: "applying", tenant: idOf(1), attempt: 2 },
  { kind: "applied", tenant: idOf(1), changed: true },
  { kind: "verified", tenant: idOf(1) },
  { kind: "healthy", wave: "pilot" },
  { kind: "soaking", wave: "pilot", until: "2026-11-26T10:00:00.000Z" },
  { kind: "approvalAsked", wave: "pilot", until: "2026-11-26T11:00:00.000Z" },
  { kind: "stopped", reason: "nobody approved pilot in time" },
]);
