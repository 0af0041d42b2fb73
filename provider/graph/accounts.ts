import type { ReadOptions } from "./options.js";
import { unreadable, type Transport } from "./transport.js";

/** A user account, without a name. */
export interface AccountRecord {
  /** Object id in lower case. */
  readonly id: string;
  /** `Member` or `Guest`; absent where Graph does not say. */
  readonly userType?: string;
}

/** Which accounts to read. */
export type AccountKind = "disabled" | "guests";

const FILTERS: Readonly<Record<AccountKind, string>> = {
  disabled: "accountEnabled eq false",
  guests: "userType eq 'Guest'",
};

/**
 * The accounts of the tenant that cannot sign in, or that are guests.
 *
 * @throws PermissionError without `User.Read.All`.
 * @see https://learn.microsoft.com/graph/api/user-list
 */
export async function readAccounts(
  transport: Transport,
  kind: AccountKind,
  options: ReadOptions = {},
): Promise<AccountRecord[]> {
  const spec = {
    action: `listing ${kind === "guests" ? kind : "disabled accounts"}`,
    path: "/users",
    query: { $filter: FILTERS[kind], $select: "id,userType", $top: "999" },
    permissions: ["User.Read.All"],
    aboutPeople: true,
    ...options,
  };
  const accounts: AccountRecord[] = [];
  for await (const page of transport.pages(spec)) {
    for (const { id, userType } of page) {
      if (typeof id !== "string") throw unreadable(spec, "an account has no id");
      accounts.push({ id: id.toLowerCase(), ...(typeof userType === "string" && { userType }) });
    }
  }
  return accounts;
}
