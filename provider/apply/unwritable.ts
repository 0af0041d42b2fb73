/** Why the system does not write a file, in words; by its code. */
const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: "no space is left there",
  EDQUOT: "the quota there is used up",
  EFBIG: "this process may not write files of that size (ulimit -f)",
  EACCES: "this user has no right to write there",
  EPERM: "this user has no right to write there",
  EROFS: "the file system there is read-only",
  ENOTDIR: "a part of its path is no folder",
  EEXIST: "a part of its path is no folder",
  EMFILE: "this process has too many files open",
  ENFILE: "this machine has too many files open",
  EIO: "the disk fails",
};

/**
 * A file cannot be written that has to be there before anything is sent: what was there before a run, or who is writing
 * to a tenant on this machine.
 */
export class UnwritableError extends Error {
  override readonly name = "UnwritableError";
  /** The system's code, for example `ENOSPC`. */
  readonly code: string;

  constructor(
    readonly file: string,
    override readonly cause: Error,
    wayOut = "",
  ) {
    const { code = cause.name } = cause as NodeJS.ErrnoException;
    super(
      `${file} cannot be written: ${REASONS[code] ?? "the system refused it"} (${code}). Without it, what a run that is ` +
        `stopped has changed could not be taken back, so that nothing more is sent to the tenant. Make room there, or let ` +
        `this user write there${wayOut}; then run it again.`,
      { cause },
    );
    this.code = code;
  }
}

/** Where the cache folder is not the place for it. */
export const OTHER_CACHE = ", or set ENTRA_PASSKEYS_CACHE to another folder and take along what is in this one";

/** Runs what writes a file; the system's errors come as {@link UnwritableError}. */
export function writing<T>(file: string, write: () => T, wayOut?: string): T {
  try {
    return write();
  } catch (error) {
    throw unwritable(file, error, wayOut);
  }
}

/** The same error, or an {@link UnwritableError} for one of the system's. */
export function unwritable(file: string, error: unknown, wayOut?: string): unknown {
  const { syscall } = error as NodeJS.ErrnoException;
  return error instanceof Error && syscall !== undefined ? new UnwritableError(file, error, wayOut) : error;
}
