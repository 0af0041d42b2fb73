/** Where the FIDO Alliance publishes its metadata. */
export const OFFICIAL = "https://mds3.fidoalliance.org/";

/** About five times what it was in 2026. */
const MOST_BYTES = 64 * 1024 * 1024;
const PATIENCE_SECONDS = 120;

/**
 * Downloads a BLOB. It is worth nothing before its signature is verified.
 *
 * @param progress is told how many bytes are there, about once for each megabyte.
 * @throws Error that says what to do instead.
 */
export async function download(address: string, progress: (bytes: number) => void = () => {}): Promise<string> {
  try {
    const answer = await fetch(address, { signal: AbortSignal.timeout(PATIENCE_SECONDS * 1000) });
    if (!answer.ok || answer.body === null) throw new Error(`it answered ${answer.status}`);
    const parts: Uint8Array[] = [];
    let [bytes, told] = [0, 0];
    for await (const part of answer.body) {
      parts.push(part);
      bytes += part.length;
      if (bytes > MOST_BYTES) throw new Error(`it sends more than ${MOST_BYTES} bytes`);
      if (bytes - told >= 1024 * 1024) progress((told = bytes));
    }
    return Buffer.concat(parts).toString("utf8");
  } catch (error) {
    const { message, cause } = error as Error;
    const why = cause instanceof Error ? `${message}: ${cause.message}` : message;
    const way = "Download it where there is a way to it, and run: npm run catalogue -- --blob <file>";
    throw new Error(`cannot download ${address}: ${why}. ${way}`, { cause: error });
  }
}
