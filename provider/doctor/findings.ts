/** How much a finding matters: `error` stands in the way of what is wanted, `warning` may, `info` is good to know. */
export type Severity = "ok" | "info" | "warning" | "error";

/** The groups of checks, in the order in which they are told. */
export const GROUPS = [
  "settings",
  "signIn",
  "permissions",
  "licences",
  "policy",
  "clock",
  "versions",
  "breakGlass",
  "exclusive",
  "firstKey",
] as const;

export type Group = (typeof GROUPS)[number];

/** What somebody wants to do: it decides what counts as missing. */
export const PURPOSES = ["read", "write", "inventory"] as const;

/** `read`: preview, refresh, report; `write`: up and destroy; `inventory`: who has which passkeys. */
export type Purpose = (typeof PURPOSES)[number];

/** One line of the examination. */
export interface Finding {
  readonly group: Group;
  readonly severity: Severity;
  /** What it is about, for example a setting, a permission or a profile. */
  readonly subject: string;
  /** What was found, without a full stop at the end. */
  readonly says: string;
  /** What to do, without a full stop at the end; warnings and errors always have it. */
  readonly next?: string;
}

/** Makes the findings of one group. */
export interface Notes {
  ok(subject: string, says: string): Finding;
  info(subject: string, says: string, next?: string): Finding;
  warning(subject: string, says: string, next: string): Finding;
  error(subject: string, says: string, next: string): Finding;
  /** With a severity that is worked out; `ok` leaves the next action out. */
  as(severity: Severity, subject: string, says: string, next: string): Finding;
}

export function notesOf(group: Group): Notes {
  const make = (severity: Severity, subject: string, says: string, next?: string): Finding => ({
    group,
    severity,
    subject,
    says: trimmed(says),
    ...(next !== undefined && { next: trimmed(next) }),
  });
  return {
    ok: (subject, says) => make("ok", subject, says),
    info: (subject, says, next) => make("info", subject, says, next),
    warning: (subject, says, next) => make("warning", subject, says, next),
    error: (subject, says, next) => make("error", subject, says, next),
    as: (severity, subject, says, next) => make(severity, subject, says, severity === "ok" ? undefined : next),
  };
}

const trimmed = (text: string): string => text.trim().replace(/\.$/, "");

/** What was found in all. */
export type Counts = Readonly<Record<Severity, number>>;

export function countFindings(findings: readonly Finding[]): Counts {
  const count = (severity: Severity) => findings.filter((one) => one.severity === severity).length;
  return { ok: count("ok"), info: count("info"), warning: count("warning"), error: count("error") };
}

/** Errors of this product are a sentence of what happened, then what to do; both together where there is one sentence. */
export function sentences(message: string): { readonly says: string; readonly next: string } {
  // A full stop within an id, a version or a host is followed by no space.
  const parts = message.trim().split(/(?<=[.!?]\)?) (?=[A-Z])/);
  const next = parts.length > 1 ? parts.at(-1)! : "Read the message, and run again";
  return { says: parts.length > 1 ? parts.slice(0, -1).join(" ") : message, next };
}
