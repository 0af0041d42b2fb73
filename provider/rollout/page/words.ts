import type { RolloutRecord, TenantPhase, TenantProgress } from "../records.js";

/** What a phase is called, and the class of the report's style that fits. */
export const PHASE_TAGS: Readonly<Record<TenantPhase, readonly [words: string, kind: string]>> = {
  waiting: ["waiting", "same"],
  previewed: ["previewed", "new"],
  applying: ["updating", "new"],
  applied: ["updated", "new"],
  skipped: ["skipped", "same"],
  verified: ["verified", "added"],
  heldBack: ["held back", "unknown"],
  failed: ["failed", "error"],
  restored: ["restored", "added"],
  notRestored: ["not restored", "error"],
};

/** A reason of an earlier phase says nothing about these. */
const WITH_REASON: ReadonlySet<TenantPhase> = new Set(["skipped", "heldBack", "failed", "notRestored", "applying"]);

/** Why a tenant is where it is, and what the preview said. */
export function reasonWords({ phase, reason, sentence }: TenantProgress): string[] {
  const told = WITH_REASON.has(phase) ? reason : undefined;
  return [...new Set([told, sentence].filter((text) => text !== undefined))];
}

/** `2026-11-26 09:00:05`. */
export const momentWords = (iso: string): string => iso.slice(0, 19).replace("T", " ");

/** From one moment to another: `45 s`, `3 min 20 s`, `2 h 5 min`. */
export function took(from: string, to: string): string {
  const seconds = Math.max(0, Math.round((Date.parse(to) - Date.parse(from)) / 1_000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3_600)} h ${Math.floor((seconds % 3_600) / 60)} min`;
}

/** What a record says, beside its time and what it is about. */
export function recordWords(record: RolloutRecord): string {
  switch (record.kind) {
    case "begun":
      return `The rollout begins, with plan ${record.plan}.`;
    case "resumed":
      return "Another run goes on with it.";
    case "waveBegun":
      return "The wave begins.";
    case "skipped":
      return `Skipped: ${record.reason}`;
    case "previewed":
      return `Previewed: ${record.sentence}`;
    case "heldBack":
      return `Held back: ${record.reason}`;
    case "applying":
      return `The update begins, attempt ${record.attempt}.`;
    case "applied":
      return record.changed ? "Updated." : "Updated; nothing had to change.";
    case "verified":
      return "Read back, and it has what was promised.";
    case "retrying":
      return `Attempt ${record.attempt} failed and is repeated: ${record.reason}`;
    case "failed":
      return `Failed: ${record.reason}`;
    case "healthy":
      return "The health check passed.";
    case "soaking":
      return `Soaks until ${momentWords(record.until)}.`;
    case "approvalAsked":
      return `An approval is asked for until ${momentWords(record.until)}.`;
    case "approved":
      return `Approved by ${record.by}.`;
    case "waveDone":
      return "The wave is done.";
    case "stopped":
      return `Stopped: ${record.reason}.`;
    case "aborted":
      return `Aborted by ${record.by}.`;
    case "done":
      return "The rollout is done.";
    case "restoring":
      return "What was saved is given back.";
    case "restored":
      return record.changed ? "Restored." : "Restored; nothing had to change.";
    case "notRestored":
      return `Not restored: ${record.reason}`;
  }
}
