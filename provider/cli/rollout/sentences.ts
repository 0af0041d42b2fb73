import type { RolloutRecord, TenantPhase } from "../../rollout/records.js";
import type { Step } from "./watched.js";
import { oneLine } from "./surface.js";

/** What a phase is called. */
export const PHASES: Readonly<Record<TenantPhase, string>> = {
  waiting: "waiting",
  previewed: "previewed",
  applying: "updating",
  applied: "updated",
  skipped: "skipped",
  verified: "verified",
  heldBack: "held back",
  failed: "failed",
  restored: "restored",
  notRestored: "not restored",
};

/** What is being done to a tenant. */
export const STEPS: Readonly<Record<Step, string>> = {
  scan: "looking for changes",
  preview: "previewing",
  save: "saving",
  apply: "updating",
  verify: "reading back",
  restore: "giving back",
};

/** `2026-11-26 09:00 UTC`. */
export const moment = (iso: string): string => `${iso.slice(0, 16).replace("T", " ")} UTC`;

/** `4.2 s`, `3 min 20 s`, `2 h 5 min`. */
export function duration(ms: number): string {
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export const plural = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;

/** A record as one line. */
export function sentence(record: RolloutRecord, nameOf: (tenant: string) => string, ms?: number): string {
  const took = ms === undefined ? "" : ` (${duration(ms)})`;
  return oneLine(head(record, nameOf) + tail(record) + took);
}

function head(record: RolloutRecord, nameOf: (tenant: string) => string): string {
  if ("tenant" in record) return `${nameOf(record.tenant)}: `;
  return "wave" in record ? `${record.wave}: ` : "";
}

function tail(record: RolloutRecord): string {
  switch (record.kind) {
    case "begun":
      return `Rollout ${record.rollout} begins`;
    case "resumed":
      return "The rollout is gone on with";
    case "waveBegun":
      return "the wave begins";
    case "skipped":
      return `skipped: ${record.reason}`;
    case "previewed":
      return `previewed: ${record.sentence}`;
    case "heldBack":
      return `held back: ${record.reason}`;
    case "applying":
      return record.attempt === 1 ? "updating" : `updating, attempt ${record.attempt}`;
    case "applied":
      return record.changed ? "updated" : "updated, nothing had to change";
    case "verified":
      return "verified";
    case "retrying":
      return `attempt ${record.attempt} failed and is repeated: ${record.reason}`;
    case "failed":
      return `failed${record.attempt > 1 ? ` after ${record.attempt} attempts` : ""}: ${record.reason}`;
    case "healthy":
      return "the health check passed";
    case "soaking":
      return `soaks until ${moment(record.until)}`;
    case "approvalAsked":
      return `waits until ${moment(record.until)} for: entra-passkeys rollout approve ${quoted(record.wave)}`;
    case "approved":
      return `approved by ${record.by}`;
    case "waveDone":
      return "the wave is done";
    case "stopped":
      return `Stopped: ${record.reason}`;
    case "aborted":
      return `Aborted by ${record.by}`;
    case "done":
      return "Done";
    case "restoring":
      return "giving back";
    case "restored":
      return record.changed ? "restored" : "restored, nothing had to change";
    case "notRestored":
      return `not restored: ${record.reason}`;
  }
}

/** As a shell takes it for one word. */
export const quoted = (word: string): string => (/^[\w.-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);
