/** Exit codes of every command. */
export const EXIT = {
  ok: 0,
  /** The command was understood and failed. */
  error: 1,
  /** The command line makes no sense. */
  usage: 2,
} as const;
