/** Why an inventory file cannot be used. */
export type InventoryErrorCode =
  /** It cannot be opened or read. */
  | "unreadable"
  /** It is no inventory, or one of a newer version. */
  | "format"
  | "otherTenant"
  /** Too old, expired, or from the future. */
  | "age"
  /** Its end is missing, or does not fit what is in it. */
  | "incomplete"
  /** A line is not what it should be. */
  | "line"
  /** Something is in the way of writing it. */
  | "notWritable";

/** An inventory file that cannot be used. The message names the file, the line, the reason and the way out. */
export class InventoryError extends Error {
  override readonly name = "InventoryError";

  constructor(
    readonly code: InventoryErrorCode,
    readonly path: string,
    /** From 1; 0 = the file as a whole. */
    readonly line: number,
    reason: string,
    wayOut: string,
  ) {
    super(`The inventory ${path}${line > 0 ? `, line ${line},` : ""} ${reason}. ${wayOut}.`);
  }
}

/** Everyone is to be read, and the report that says who has passkeys cannot be. */
export class ReportNeededError extends Error {
  override readonly name = "ReportNeededError";

  constructor(
    readonly lacks: "licence" | "permission",
    cause: Error,
  ) {
    const missing =
      lacks === "licence"
        ? "the tenant lacks Entra ID P1, which the report of registered methods needs"
        : "the application lacks the permission AuditLog.Read.All, which the report of registered methods needs";
    const first = lacks === "licence" ? "Get Entra ID P1" : "Grant AuditLog.Read.All with admin consent";
    super(
      `Who has passkeys cannot be read for everyone: ${missing}. ${first}; or read the members of groups only ` +
        "(--group ... --only, or a policy that targets groups instead of all_users); or make the inventory elsewhere and give its file.",
      { cause },
    );
  }
}
