import { GraphError } from "./errors.js";
import type { ReadOptions } from "./options.js";
import { Pace } from "./pace.js";
import { unreadable, type Json, type Transport } from "./transport.js";

/** What the report says of one user. */
export interface RegistrationRow {
  /** Object id in lower case. */
  readonly id: string;
  /** `member` or `guest`; absent where the report does not say. */
  readonly userType?: string;
  readonly isAdmin?: boolean;
  /** Graph's words, newer ones included; absent where the report does not say. */
  readonly methodsRegistered?: readonly string[];
  /** When the report's record of the user was updated, ISO 8601. */
  readonly lastUpdated?: string;
}

/** Takes one page; `false` ends the read. The next page is not asked for before it is done. */
export type OnReportPage = (rows: readonly RegistrationRow[]) => void | boolean | Promise<void | boolean>;

/** @see https://learn.microsoft.com/graph/throttling-limits (identity and access reports) */
const REQUESTS = 5;
const SPAN_MS = 10_000;
const PATH = "/reports/authenticationMethods/userRegistrationDetails";
const SPEC = {
  action: "reading the report of registered authentication methods",
  permissions: ["AuditLog.Read.All"],
  aboutPeople: true,
};

/** The pace of all requests for reports; the limit is one of application and tenant. */
export function reportPace(transport: Transport): Pace {
  return new Pace(REQUESTS, SPAN_MS, transport.surroundings);
}

/**
 * Which methods the users of the tenant have registered, page by page, at the documented 5 requests in 10 seconds.
 * Disabled users are not in it, and it lags behind by an unstated time. Not filtered by the words for passkeys, because a
 * filter would leave out those with a newer word.
 *
 * @throws LicenceError where the tenant lacks Entra ID P1, PermissionError without `AuditLog.Read.All`.
 * @see https://learn.microsoft.com/graph/api/authenticationmethodsroot-list-userregistrationdetails
 */
export async function readRegistrationReport(
  transport: Transport,
  pace: Pace,
  onPage: OnReportPage,
  options: ReadOptions = {},
): Promise<void> {
  const turn = () => pace.turn(options.signal);
  const spec = { ...SPEC, path: PATH, beforeRepeat: turn, ...options };
  for await (const page of transport.pages(spec, undefined, turn)) {
    const rows = page.map((item) => {
      const row = toRow(item);
      if (!row) throw unreadable(spec, "a user in it has no id");
      return row;
    });
    if ((await onPage(rows)) === false) return;
  }
}

/**
 * What the report says of some users, asked for one by one, at the same pace. Users whom it does not have are left out.
 *
 * @throws LicenceError, PermissionError as {@link readRegistrationReport} does.
 * @see https://learn.microsoft.com/graph/api/userregistrationdetails-get
 */
export async function readRegistrations(
  transport: Transport,
  pace: Pace,
  userIds: Iterable<string>,
  onRow: (row: RegistrationRow) => void,
  options: ReadOptions = {},
): Promise<void> {
  const turn = () => pace.turn(options.signal);
  for (const id of userIds) {
    const spec = { ...SPEC, path: `${PATH}/${encodeURIComponent(id)}`, beforeRepeat: turn, ...options };
    await turn();
    try {
      const row = toRow(await transport.get(spec));
      if (!row) throw unreadable(spec, "it has no id");
      onRow(row);
    } catch (error) {
      if (!(error instanceof GraphError && error.status === 404)) throw error;
    }
  }
}

function toRow({ id, userType, isAdmin, methodsRegistered, lastUpdatedDateTime }: Json): RegistrationRow | undefined {
  if (typeof id !== "string") return undefined;
  const methods = Array.isArray(methodsRegistered) && methodsRegistered.every((word) => typeof word === "string");
  return {
    id: id.toLowerCase(),
    ...(typeof userType === "string" && { userType }),
    ...(typeof isAdmin === "boolean" && { isAdmin }),
    ...(methods && { methodsRegistered: methodsRegistered as string[] }),
    ...(typeof lastUpdatedDateTime === "string" && { lastUpdated: lastUpdatedDateTime }),
  };
}
