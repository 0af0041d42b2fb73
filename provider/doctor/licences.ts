import type { RegistrationRow } from "../graph/index.js";
import type { Answer } from "./answer.js";
import { notesOf, type Finding, type Purpose } from "./findings.js";

const notes = notesOf("licences");

/**
 * Whether the tenant has Entra ID P1, by how the registration report is answered: nothing else that is documented tells.
 *
 * @param everyone whether the policy targets everyone; absent where it was not read
 * @see https://learn.microsoft.com/entra/identity/authentication/howto-authentication-methods-activity
 */
export function checkLicences(
  report: Answer<readonly RegistrationRow[]>,
  purposes: readonly Purpose[],
  everyone: boolean | undefined,
): Finding[] {
  const subject = "Entra ID P1";
  if ("value" in report) return [notes.ok(subject, "it, or P2, is there: the registration report is answered")];
  if (report.kind !== "licence") {
    const says = `not known: ${report.reason}, and only the registration report tells`;
    return [notes.info(subject, says, "Grant AuditLog.Read.All, so that it can be told")];
  }
  const severity = everyone === false ? "warning" : purposes.includes("inventory") ? "error" : "warning";
  return [
    notes.as(
      severity,
      subject,
      "it is missing: Graph does not answer the registration report, and Conditional Access and strengths need it, too; " +
        "passkeys and profiles need no licence",
      "Target groups instead of all_users, and read them with `entra-passkeys inventory --group <name> --only`",
    ),
  ];
}
