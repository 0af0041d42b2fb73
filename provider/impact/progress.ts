/** How far reading an inventory is. */
export interface InventoryProgress {
  /** What is being read. */
  readonly phase: "groups" | "accounts" | "report" | "passkeys";
  readonly done: number;
  /** Absent where it is not known beforehand, as for the report. */
  readonly total?: number;
}
