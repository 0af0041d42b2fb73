import assert from "node:assert/strict";
import type { Finding, Severity } from "../../provider/dist/doctor/index.js";

export const TENANT = "11111111-2222-4333-8444-555555555555";

/** The one finding about a subject, of a severity where it is given; the words have to be in what it says. */
export function found(
  findings: readonly Finding[],
  subject: string | RegExp,
  says: RegExp,
  severity?: Severity,
): Finding {
  const about = (one: Finding) => (typeof subject === "string" ? one.subject === subject : subject.test(one.subject));
  const matching = findings.filter((one) => about(one) && says.test(one.says));
  assert.equal(matching.length, 1, `${matching.length} of:\n${findings.map(lineOf).join("\n")}`);
  if (severity !== undefined) assert.equal(matching[0]!.severity, severity, lineOf(matching[0]!));
  return matching[0]!;
}

export const lineOf = ({ severity, subject, says, next }: Finding): string =>
  `${severity} ${subject}: ${says}${next === undefined ? "" : ` -> ${next}`}`;

/** How many there are of each severity that matters. */
export const badOf = (findings: readonly Finding[]): string[] =>
  findings.filter(({ severity }) => severity === "warning" || severity === "error").map(lineOf);

/** What every finding has to keep to. */
export function checkForm(findings: readonly Finding[]): void {
  for (const finding of findings) {
    const line = lineOf(finding);
    assert.doesNotMatch(finding.says, /\.$|undefined|\[object/, line);
    assert.notEqual(finding.says, "", line);
    if (finding.severity === "warning" || finding.severity === "error") assert.ok(finding.next, line);
    if (finding.severity === "ok") assert.equal(finding.next, undefined, line);
    assert.doesNotMatch(finding.next ?? "", /\.$|undefined/, line);
  }
}
