import { modelName } from "../../catalogue/index.js";
import { ALL_USERS } from "../model.js";
import type { Impact } from "./assess.js";
import { asksForAdmins } from "./exposure.js";
import type { Exposure, ExposureKind } from "./exposure.js";
import type { Loss, Outcome } from "./loss.js";
import { reasonText } from "./reasons.js";

/** `1 person`, `2 people`, with thousands apart. */
export function peopleText(count: number): string {
  return `${count.toLocaleString("en-US")} ${count === 1 ? "person" : "people"}`;
}

const OUTCOME: Readonly<Record<Outcome, string>> = {
  lockedOut: "locked out",
  stranded: "stranded",
  unknown: "unknown",
  reduced: "reduced",
  keeps: "unaffected",
};

/** At most this many reasons are told in one message. */
const MOST_REASONS = 5;

/** Why people have an outcome, most people first. */
export function reasonsText(loss: Loss, outcome: Outcome): string {
  const reasons = loss.reasons.filter((counted) => counted.outcome === outcome);
  const told = reasons.slice(0, MOST_REASONS).map(({ people, reason }) => `${people}: ${reasonText(reason)}`);
  const rest = reasons.length - told.length;
  return told.join("; ") + (rest > 0 ? `; and ${rest} more reason${rest === 1 ? "" : "s"}` : "");
}

const KIND: Readonly<Record<Exclude<ExposureKind, "model">, string>> = {
  synced: "synced passkeys become",
  anyModel: "models that no list names become",
  unattested: "keys whose model is not proven at registration become",
  compromisedModel: "models that are revoked or reported as compromised become",
  microsoftAuthenticator: "Microsoft Authenticator becomes",
  windowsHello: "Windows Hello becomes",
  exclusionLifted: "passkeys, after an exclusion, become",
};

/** A kind of key that becomes acceptable, and to whom. */
export function exposureText(exposure: Exposure): string {
  const { kind, group, profiles, aaguids, people, admins } = exposure;
  const who = group === ALL_USERS ? "all users" : `group ${group}`;
  const what =
    kind === "model"
      ? `${aaguids.length} further model${aaguids.length === 1 ? "" : "s"}${modelsText(aaguids)} become${aaguids.length === 1 ? "s" : ""}`
      : kind === "compromisedModel"
        ? KIND[kind].replace("models", `models${modelsText(aaguids)}`)
        : KIND[kind];
  const through = profiles.length === 0 ? "" : ` through profile ${profiles.join(" and ")}`;
  const unread = asksForAdmins(kind) ? " (whether administrators are among them is not known)" : "";
  const count = people === undefined ? unread : ` (${peopleText(people)}${adminsText(admins)})`;
  return `${what} acceptable to ${who}${through}${count}`;
}

/** How many models are named; the preview names all that a list gains beside it. */
const MOST_MODELS = 3;

function modelsText(aaguids: readonly string[]): string {
  const names = [...new Set(aaguids.map(modelName))].sort();
  const rest = names.length - MOST_MODELS;
  return ` (${names.slice(0, MOST_MODELS).join(", ")}${rest > 0 ? ` and ${rest} more` : ""})`;
}

function adminsText(admins: number | undefined): string {
  return admins === undefined || admins === 0 ? "" : `, ${admins} of them administrator${admins === 1 ? "" : "s"}`;
}

/** What a change does to people, a line each: counts, never names. Empty where nothing is worth a word. */
export function impactLines(impact: Impact): string[] {
  const lines: string[] = [];
  const { loss } = impact;
  if (loss !== undefined) {
    const { counts, disabled } = loss;
    const assessed = Object.values(counts).reduce((sum, count) => sum + count, 0);
    const told = (["lockedOut", "stranded", "unknown", "reduced"] as const)
      .filter((outcome) => counts[outcome] > 0)
      .map((outcome) => `${counts[outcome].toLocaleString("en-US")} ${OUTCOME[outcome]}`);
    lines.push(`of ${peopleText(assessed)}: ${told.length === 0 ? "nobody loses a key" : told.join(", ")}`);
    if (counts.reduced > 0) lines.push(`reduced, because: ${reasonsText(loss, "reduced")}`);
    if (disabled.withoutKey > 0)
      lines.push(`${peopleText(disabled.withoutKey)} with a disabled account would return without a key`);
    if (disabled.unknown > 0)
      lines.push(`${peopleText(disabled.unknown)} with a disabled account may return without a key`);
    if (loss.guests > 0) lines.push(`${peopleText(loss.guests)} among the guests would lose a key, or may`);
    if (loss.notProven > 0) {
      lines.push(
        `${loss.notProven.toLocaleString("en-US")} passkey${loss.notProven === 1 ? " is" : "s are"} accepted although not proven: registered without attestation`,
      );
    }
  }
  lines.push(...impact.exposure.map((exposure) => `exposure: ${exposureText(exposure)}`));
  return lines;
}
