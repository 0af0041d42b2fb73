import {
  exposureText,
  normalizePolicy,
  OUTCOMES,
  policySize,
  POLICY_SIZE_LIMIT,
  printable,
  reasonText,
} from "../../policy/index.js";
import { eidscaChecks } from "./checks.js";
import { driftWords } from "./driftWords.js";
import type { DriftFact, PlannedChange, TenantFacts } from "./facts.js";
import { matrixOf } from "./matrix.js";
import type { Affected, Drift, Failure, People, PlanReport, PreviewReport, TenantReport } from "./model.js";
import { Naming } from "./naming.js";
import { notesOf, peopleNotes } from "./notes.js";
import { generalRows, groupChanges, personasOf } from "./personas.js";
import { isOfGuard, tenantVerdict, worst } from "./verdict.js";

/** More than anyone reads, and less than what breaks a browser. */
const MOST_AFFECTED = 10_000;

/**
 * Makes the report of a preview. Pure: the same facts make the same report.
 *
 * @param failures of previews whose tenant is not known.
 */
export function buildReport(tenants: readonly TenantFacts[], failures: readonly Failure[] = []): PreviewReport {
  const ofTenants = tenants.flatMap((facts) => facts.failures);
  return joinReports(tenants.map(tenantReport), failures, ofTenants);
}

/**
 * One report of what was previewed tenant by tenant.
 *
 * @param failures of previews whose tenant has no report.
 * @param ofTenants failures that the reports tell of already.
 */
export function joinReports(
  tenants: readonly TenantReport[],
  failures: readonly Failure[] = [],
  ofTenants: readonly Failure[] = [],
): PreviewReport {
  const reports = [...tenants].sort((a, b) => (a.tenant < b.tenant ? -1 : 1));
  const ofFailures = failures.map(({ stack }) => ({
    level: "error" as const,
    code: 1 as const,
    sentence: `The preview of ${stack} failed, and the report is not whole.`,
  }));
  return {
    kind: "entra-passkeys/report",
    version: 1,
    verdict: worst([...reports.map(({ verdict }) => verdict), ...ofFailures]),
    tenants: reports,
    failures: [...failures, ...ofTenants].map(({ stack, reason }) => ({
      stack: printable(stack),
      reason: printable(reason),
    })),
  };
}

function tenantReport(facts: TenantFacts): TenantReport {
  const naming = new Naming(facts);
  const { before, after } = facts;
  const people = peopleOf(facts, naming);
  const bytes = (policy: typeof before) => policySize(policy).bytes;
  const count = (policy: typeof before) => (policy.passkeyProfiles ?? []).length;
  return {
    tenant: facts.tenant,
    verdict: tenantVerdict(facts, naming),
    stacks: facts.stacks,
    mode: normalizePolicy(before).mode,
    source: facts.source,
    general: generalRows(facts),
    personas: personasOf(facts, naming),
    groups: groupChanges(facts, naming),
    ...(people !== undefined && { people }),
    exposure: (facts.impact?.exposure ?? []).map((exposure) => ({
      text: naming.text(exposureText(exposure)),
      ...(exposure.guarded !== undefined && { guarded: exposure.guarded }),
    })),
    plans: [
      ...facts.plans.map((plan) => planReport(plan, naming)),
      ...facts.refusedDocuments.map(({ stack, resource, operation, refusals }) => ({
        ...{ stack, resource, operation, digest: "", steps: [] },
        refusals: refusals.map(({ reason }) => `${naming.text(reason)}.`),
      })),
    ],
    size: {
      bytes: { before: bytes(before), after: bytes(after), limit: POLICY_SIZE_LIMIT },
      profiles: { before: count(before), after: count(after), limit: facts.profileLimit },
    },
    drift: facts.drift.map((drift) => driftReport(drift, facts, naming)),
    warnings: notesOf(facts, naming).filter(({ code }) => code !== "drift"),
    checks: eidscaChecks(before, after),
    unread: facts.unread.map((sentence) => naming.text(sentence)),
    others: facts.others.map((other) => ({ ...other, lines: other.lines.map((line) => naming.text(line)) })),
    matrix: matrixOf(facts, naming),
    affected: affectedOf(facts, naming),
  };
}

function peopleOf(facts: TenantFacts, naming: Naming): People | undefined {
  const loss = facts.impact?.loss;
  if (loss === undefined) return undefined;
  return {
    source: naming.text(facts.people ?? "an inventory"),
    counts: loss.counts,
    reasons: loss.reasons.map(({ outcome, people, reason }) => ({
      outcome,
      people,
      reason: naming.text(reasonText(reason)),
    })),
    notes: peopleNotes(facts),
  };
}

function affectedOf({ impact }: TenantFacts, naming: Naming): Affected[] {
  const affected = [...(impact?.loss?.affected ?? [])].sort(
    (a, b) => OUTCOMES.indexOf(a.outcome) - OUTCOMES.indexOf(b.outcome) || (a.person.user < b.person.user ? -1 : 1),
  );
  return affected.slice(0, MOST_AFFECTED).map(({ person, outcome, reasons }) => ({
    person: printable(person.user),
    outcome: outcome as Affected["outcome"],
    reasons: reasons.map((reason) => naming.text(reasonText(reason))),
  }));
}

function planReport(change: PlannedChange, naming: Naming): PlanReport {
  const { stack, resource, operation, plan, refusals, acknowledged } = change;
  const acknowledgement = acknowledgementOf(change);
  return {
    stack,
    resource,
    operation,
    digest: plan.refusals.length > 0 ? "" : plan.digest,
    steps: plan.steps.map(({ kind, reason, risk }) => ({
      kind,
      reason: naming.text(reason),
      ...(risk !== undefined && { risk: naming.text(risk) }),
    })),
    refusals: refusals.map(({ reason }) => `${naming.text(reason)}.`),
    ...(acknowledgement !== undefined && { acknowledgement }),
    ...(acknowledged !== undefined && {
      acknowledged: { until: acknowledged.until, reason: printable(acknowledged.reason) },
    }),
  };
}

/** Refusals that somebody may take upon themselves. */
const ACKNOWLEDGEABLE = new Set(["lockedOut", "stranded", "impactUnknown", "exposure"]);

/** What to write into the program, with the day and the reason left open: those are people's. */
function acknowledgementOf({ plan, impact, refusals, variable }: PlannedChange): string | undefined {
  const may = refusals.length > 0 && refusals.every((one) => isOfGuard(one) && ACKNOWLEDGEABLE.has(one.code));
  if (!may) return undefined;
  const counts = (["lockedOut", "stranded", "unknown"] as const).flatMap((outcome) => {
    const people = impact?.loss?.counts[outcome] ?? 0;
    return people > 0 ? [[outcome, people] as const] : [];
  });
  const value = {
    plan: plan.digest,
    ...Object.fromEntries(counts),
    ...(impact?.exposure.some(({ guarded }) => guarded !== undefined) && { exposure: true }),
    until: "YYYY-MM-DD",
    reason: "...",
  };
  if (variable !== undefined) return `${variable}='${JSON.stringify(value)}'`;
  const members = Object.entries(value).map(([name, member]) => `${name}: ${JSON.stringify(member)}`);
  return `acknowledge: { ${members.join(", ")} }`;
}

function driftReport(drift: DriftFact, { plans }: TenantFacts, naming: Naming): Drift {
  const { stack, resource, facet } = drift;
  const repaired = plans.some(
    (one) =>
      one.stack === stack && one.resource === resource && one.plan.changes.some((change) => change.facet === facet),
  );
  return { stack, resource, ...driftWords(drift, naming), repaired };
}
