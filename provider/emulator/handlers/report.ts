import { parseFilter } from "../directory/filter.js";
import { graphErrors } from "../errors.js";
import { sameId } from "../guid.js";
import type { Answer, SignedCall } from "../http/call.js";
import { nextLink, readPage, refuseOtherOptions } from "../http/paging.js";
import type { RegistrationDetails } from "../people/report.js";
import type { Throttle } from "../people/throttle.js";

const LIST = "reports/authenticationMethods/userRegistrationDetails";

/**
 * `GET /reports/authenticationMethods/userRegistrationDetails`: `$filter`, `$orderby` and `@odata.nextLink`.
 *
 * @see https://learn.microsoft.com/graph/api/authenticationmethodsroot-list-userregistrationdetails
 */
export function listReport(call: SignedCall): Answer {
  requirePremium(call);
  refuseOtherOptions(call.query, ["$filter", "$orderby", "$skiptoken"]);
  const rows = ordered(filtered(call.tenant.report.rows, call.query.get("$filter")), call.query.get("$orderby"));
  const page = readPage(call.query, call.tenant.effectiveSwitches.reportPageSize);
  return {
    status: 200,
    body: {
      "@odata.context": `${call.origin}/${call.version}/$metadata#${LIST}`,
      ...nextLink(call, page, rows.length),
      value: rows.slice(page.start, page.start + page.size),
    },
  };
}

/** `GET /reports/authenticationMethods/userRegistrationDetails/{userId}`; disabled users are not found. */
export function getReport(call: SignedCall): Answer {
  requirePremium(call);
  refuseOtherOptions(call.query, []);
  const id = call.params["id"] ?? "";
  const found = call.tenant.report.rows.find((row) => sameId(row.id, id));
  if (found === undefined) {
    throw graphErrors.notFound(id);
  }
  const context = `${call.origin}/${call.version}/$metadata#${LIST}/$entity`;
  return { status: 200, body: { "@odata.context": context, ...found } };
}

/** The documented limit of identity and access reports, for each application and tenant. */
export function passReport(call: SignedCall, throttle: Throttle): void {
  const { reportRequestsPer10Seconds: requests, throttleWindowMilliseconds: windowMs } = call.tenant.effectiveSwitches;
  throttle.pass(`report ${call.tenant.id} ${call.app}`, { requests, windowMs, retryAfter: true });
}

function requirePremium(call: SignedCall): void {
  if (call.tenant.licence === "free") {
    throw graphErrors.licenceMissing();
  }
}

/** Members of which the resource's page says that `$filter` supports them. */
const FILTERED: readonly string[] = [
  "isMfaCapable",
  "isMfaRegistered",
  "isPasswordlessCapable",
  "isSsprCapable",
  "isSsprEnabled",
  "isSsprRegistered",
  "isSystemPreferredAuthenticationMethodEnabled",
  "methodsRegistered",
  "systemPreferredAuthenticationMethods",
  "userDisplayName",
  "userPreferredMethodForSecondaryAuthentication",
  "userPrincipalName",
];
const NOT_FILTERED: readonly string[] = ["id", "isAdmin", "lastUpdatedDateTime", "userType"];

function filtered(rows: readonly RegistrationDetails[], text: string | null): readonly RegistrationDetails[] {
  if (text === null) {
    return rows;
  }
  const has = (name: string) => {
    if (NOT_FILTERED.includes(name)) {
      throw graphErrors.notImplemented(`$filter by '${name}', which no page promises,`);
    }
    return FILTERED.includes(name);
  };
  const filter = parseFilter(text, { has }, "userRegistrationDetails");
  return rows.filter((row) => filter.matches({ ...row }));
}

function ordered(rows: readonly RegistrationDetails[], text: string | null): readonly RegistrationDetails[] {
  if (text === null) {
    return rows;
  }
  const [, name, direction = "asc"] = /^\s*(userDisplayName|userPrincipalName)(?:\s+(asc|desc))?\s*$/.exec(text) ?? [];
  if (name !== "userDisplayName" && name !== "userPrincipalName") {
    throw graphErrors.notImplemented(`$orderby '${text}' here`);
  }
  const sign = direction === "asc" ? 1 : -1;
  return [...rows].sort((a, b) => sign * (a[name].toLowerCase() < b[name].toLowerCase() ? -1 : 1));
}
