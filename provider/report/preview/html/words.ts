import type { CheckResult, Persona, PersonOutcome, TenantReport, VerdictLevel } from "../model.js";

/** A verdict in a word or two. */
export const LEVELS: Readonly<Record<VerdictLevel, string>> = {
  nothing: "No change",
  change: "Change",
  lockout: "Lock-out",
  exposure: "Weaker keys",
  error: "Error",
};

/** Worst first. */
export const OUTCOMES: readonly PersonOutcome[] = ["lockedOut", "stranded", "unknown", "reduced", "keeps"];

/** What becomes of a person, and what that means. */
export const OUTCOME_WORDS: Readonly<Record<PersonOutcome, { readonly name: string; readonly meaning: string }>> = {
  lockedOut: { name: "Locked out", meaning: "no method to sign in with is left" },
  stranded: { name: "Stranded", meaning: "no phishing-resistant method is left" },
  unknown: { name: "Not known", meaning: "what decides could not be read" },
  reduced: { name: "Lose a key", meaning: "another phishing-resistant method is left" },
  keeps: { name: "Keep all", meaning: "nothing is lost" },
};

/** How a profile changes. */
export const PERSONA_CHANGES: Readonly<Record<Persona["change"], string>> = {
  new: "New",
  removed: "Removed",
  changed: "Changed",
  unchanged: "Unchanged",
};

/** What a check says. */
export const CHECK_RESULTS: Readonly<Record<CheckResult, string>> = {
  pass: "pass",
  fail: "fail",
  skipped: "not checked: passkeys are not enabled",
  unknown: "unknown",
};

/** Why something has to be acknowledged. */
export const GUARDED = {
  exclusive: "the profile is exclusive",
  adminGroup: "it is a group of administrators",
  admins: "administrators are among them",
} as const;

const MODES: Readonly<Record<string, string>> = {
  profiles: "passkey profiles",
  legacy: "tenant-wide settings (not opted in to passkey profiles)",
  unknown: "unknown",
};

/** How the tenant keeps its settings; a mode that this version does not know keeps its own name. */
export function modeWords(mode: string): string {
  return Object.hasOwn(MODES, mode) ? MODES[mode]! : mode;
}

/** Where the policy was read. */
export function sourceWords(source: TenantReport["source"]): string {
  return source === "live" ? "read from the tenant" : "read from a saved file";
}

/** `excluded` in words; otherwise the name of a profile. */
export function profileWord(name: string): string {
  return name === "excluded" ? "excluded: no passkey at all" : name;
}
