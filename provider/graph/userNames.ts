import { readEach } from "./batch.js";
import type { ReadOptions } from "./options.js";
import type { Transport } from "./transport.js";

/**
 * The user principal names of users, for the one file that may have them. Users whose name cannot be read are left out.
 *
 * @throws PermissionError without `User.ReadBasic.All`.
 * @see https://learn.microsoft.com/graph/api/user-get
 */
export async function readUserNames(
  transport: Transport,
  userIds: Iterable<string>,
  onEach: (user: string, name: string) => void,
  options: ReadOptions = {},
): Promise<void> {
  const spec = {
    action: "reading the user principal names",
    path: (id: string) => `/users/${encodeURIComponent(id)}?$select=id,userPrincipalName`,
    permissions: ["User.ReadBasic.All", "User.Read.All"],
    ...options,
  };
  await readEach(transport, spec, userIds, (answer) => {
    const name = "body" in answer ? answer.body.userPrincipalName : undefined;
    if (typeof name === "string") onEach(answer.id, name);
  });
}
