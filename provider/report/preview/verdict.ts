import { peopleText, type Problem } from "../../policy/index.js";
import type { TenantFacts } from "./facts.js";
import type { Naming } from "./naming.js";
import type { Verdict, VerdictLevel } from "./model.js";

const CODES: Readonly<Record<VerdictLevel, Verdict["code"]>> = {
  nothing: 0,
  change: 2,
  lockout: 3,
  exposure: 4,
  error: 1,
};

/** Worst first: what could not be seen whole, then who cannot get in, then who gets in too easily. */
const LEVELS: readonly VerdictLevel[] = ["error", "lockout", "exposure", "change", "nothing"];

/** What the guard refuses because people could not get in any more, or because that could not be told. */
const LOCKOUT: ReadonlySet<Problem["code"]> = new Set([
  "lockedOut",
  "stranded",
  "impactUnknown",
  "breakGlass",
  "inventoryNeeded",
  "inventoryUnusable",
]);

/** Whether it was the guard that refused, and not a rule of the service. */
export const isOfGuard = ({ code }: Problem): boolean => LOCKOUT.has(code) || code === "exposure";

const verdict = (level: VerdictLevel, sentence: string): Verdict => ({ level, code: CODES[level], sentence });

/** The worst of several verdicts, with a sentence of its own where there are several. */
export function worst(verdicts: readonly Verdict[]): Verdict {
  const sorted = [...verdicts].sort((a, b) => LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level));
  const [first] = sorted;
  if (first === undefined) return verdict("nothing", "Nothing changes.");
  if (verdicts.length === 1) return first;
  const same = sorted.filter(({ level }) => level === first.level).length;
  if (first.level === "nothing") return verdict("nothing", `Nothing changes in any of ${verdicts.length} tenants.`);
  const where = same === verdicts.length ? `all ${same} tenants` : `${same} of ${verdicts.length} tenants`;
  return verdict(first.level, `${IN_SEVERAL[first.level]} in ${where}: ${first.sentence}`);
}

const IN_SEVERAL: Readonly<Record<VerdictLevel, string>> = {
  error: "The preview failed",
  lockout: "People would lose their way in",
  exposure: "Weaker keys would get in",
  change: "The change goes ahead",
  nothing: "Nothing changes",
};

/** The one sentence about a tenant. */
export function tenantVerdict(facts: TenantFacts, naming: Naming): Verdict {
  const { plans, failures, refusedDocuments, others, impact } = facts;
  const refusals = [...plans, ...refusedDocuments].flatMap((one) => one.refusals);
  const ofService = refusals.find((problem) => !isOfGuard(problem));
  if (failures.length > 0)
    return verdict("error", `The preview of ${failures[0]!.stack} failed, and the report is not whole.`);
  if (ofService !== undefined) {
    return verdict("error", `It would be refused: ${naming.text(ofService.reason)}.`);
  }
  const [broken] = facts.brokenTogether;
  if (broken !== undefined) {
    return verdict("error", `Together the changes would be refused: ${naming.text(broken.reason)}.`);
  }
  const found = refusals.filter(({ code }) => LOCKOUT.has(code));
  if (found.length > 0) return verdict("lockout", lockoutSentence(facts, found, naming));
  if (facts.worseTogether) {
    return verdict(
      "lockout",
      `Together the changes take keys from more people than one by one. ${lockoutSentence(facts, [], naming)}`,
    );
  }
  const opened = refusals.filter(({ code }) => code === "exposure");
  if (opened.length > 0) {
    const more = opened.length === 1 ? "" : `, and ${opened.length - 1} more like this`;
    return verdict("exposure", `It would let weaker keys in: ${naming.text(opened[0]!.reason)}${more}.`);
  }
  const isOpen = plans.some(({ plan }) =>
    plan.warnings.some(({ code }) => code === "unknownValue" || code === "closedProfile"),
  );
  const open = isOpen ? " Some of it is not known before the update, and is judged then." : "";
  const changes = plans.some(({ plan }) => plan.steps.length > 0);
  if (!changes) {
    if (isOpen) return verdict("change", `As far as it is known, the passkey policy stays as it is.${open}`);
    if (others.length === 0) return verdict("nothing", "Nothing changes.");
    return verdict(
      "change",
      `The passkey policy stays as it is; ${countText(others.length, "other resource")} would change.`,
    );
  }
  const counts = impact?.loss?.counts;
  const lost = counts === undefined ? 0 : counts.lockedOut + counts.stranded + counts.unknown;
  const acknowledged = plans.some((one) => one.acknowledged !== undefined) ? ", as the program acknowledges" : "";
  if (counts !== undefined && lost > 0) {
    return verdict(
      "change",
      `The policy changes; ${peopleText(lost)} would lose their way in or might${acknowledged}.${open}`,
    );
  }
  const reduced = counts?.reduced ?? 0;
  if (reduced > 0) {
    return verdict(
      "change",
      `The policy changes; ${peopleText(reduced)} would lose a key and keep another one${acknowledged}.${open}`,
    );
  }
  return verdict("change", `The policy changes, and nobody loses a key${acknowledged}.${open}`);
}

function lockoutSentence({ plans, impact }: TenantFacts, found: readonly Problem[], naming: Naming): string {
  const counts = impact?.loss?.counts;
  const told =
    counts === undefined
      ? []
      : [
          ...(counts.lockedOut > 0 ? [`lock ${peopleText(counts.lockedOut)} out`] : []),
          ...(counts.stranded > 0 ? [`leave ${peopleText(counts.stranded)} without a phishing-resistant method`] : []),
        ];
  const breakGlass = found.find(({ code }) => code === "breakGlass");
  if (told.length > 0 && plans.length > 0) {
    return `It would ${told.join(" and ")}${breakGlass === undefined ? "" : ", emergency accounts among them"}.`;
  }
  if (breakGlass !== undefined) return `An emergency account would lose its way in: ${naming.text(breakGlass.reason)}.`;
  const [first] = found;
  const why = first === undefined ? "" : `: ${naming.text(first.reason)}`;
  return `Whether people lose their way in could not be told${why}.`;
}

const countText = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;
