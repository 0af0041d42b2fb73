/** Exit codes of every command. */
export const EXIT = {
  ok: 0,
  /** The command was understood and failed. */
  error: 1,
  /** The command line makes no sense. */
  usage: 2,
  /** A change that was asked about would be refused, because of what it does to people or to the policy. */
  refused: 3,
  /** Nothing stands in the way, and something may; only where that was asked for. */
  warnings: 4,
} as const;
