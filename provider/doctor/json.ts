import type { Examination } from "./examination.js";
import { countFindings, type Counts, type Finding, type Purpose } from "./findings.js";

/** An examination as JSON; its shape is `docs/schema/doctor-1.json`. */
export interface ExaminationJson {
  readonly format: "entra-passkeys-doctor";
  readonly version: 1;
  readonly tenant?: string;
  readonly cloud?: string;
  readonly for: readonly Purpose[];
  readonly exitCode: number;
  readonly counts: Counts;
  readonly requests: number;
  readonly findings: readonly Finding[];
}

export function examinationJson(examination: Examination, exitCode: number): ExaminationJson {
  const { tenant, cloud, purposes, findings, requests } = examination;
  return {
    format: "entra-passkeys-doctor",
    version: 1,
    ...(tenant !== undefined && { tenant }),
    ...(cloud !== undefined && { cloud }),
    for: purposes,
    exitCode,
    counts: countFindings(findings),
    requests,
    findings,
  };
}
