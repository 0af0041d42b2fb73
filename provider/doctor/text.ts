import { counted } from "../policy/counted.js";
import { printable } from "../policy/index.js";
import { countFindings, GROUPS, type Finding, type Group, type Severity } from "./findings.js";
import type { Examination } from "./examination.js";

/** Gives a text a colour, where there is one. */
export type Tint = (severity: Severity | "title", text: string) => string;

const TITLES: Readonly<Record<Group, string>> = {
  settings: "Settings",
  signIn: "Sign-in",
  permissions: "Permissions",
  licences: "Licences",
  policy: "Policy",
  clock: "Clock",
  versions: "Versions",
  breakGlass: "Break-glass accounts",
  exclusive: "Exclusive profiles",
  firstKey: "First key",
};

const WIDTH = "warning".length;
const plain: Tint = (_severity, text) => text;

/** An examination for people: a line for each finding, with the next action below it, and a line that sums up. */
export function examinationText(examination: Examination, tint: Tint = plain): string {
  const { tenant, cloud, purposes, findings, requests } = examination;
  const where = tenant === undefined ? "no tenant" : `tenant ${tenant}${cloud === undefined ? "" : `, ${cloud}`}`;
  const lines = [`${where}; wanted: ${purposes.join(", ")}`];
  for (const group of GROUPS) {
    const own = findings.filter((one) => one.group === group);
    if (own.length === 0) continue;
    lines.push("", tint("title", TITLES[group]), ...own.flatMap((one) => findingLines(one, tint)));
  }
  return [...lines, "", `${summary(findings)}; ${requests} requests, nothing was written.`].join("\n");
}

function findingLines({ severity, subject, says, next }: Finding, tint: Tint): string[] {
  const mark = tint(severity, severity.padEnd(WIDTH));
  const lines = [`  ${mark}  ${printable(`${subject}: ${says}`)}.`];
  if (next !== undefined) lines.push(`  ${" ".repeat(WIDTH)}  Next: ${printable(next)}.`);
  return lines;
}

function summary(findings: readonly Finding[]): string {
  const { error, warning, info, ok } = countFindings(findings);
  return `${counted(error, "error")}, ${counted(warning, "warning")}, ${info} to know, ${ok} ok`;
}
