/** What the promise gives, or the signal's reason should that come first. The promise itself is not stopped. */
export function untilAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise<T>((resolve, reject) => {
    const abort = () => reject(signal.reason as Error);
    const done = () => signal.removeEventListener("abort", abort);
    promise.then(resolve, reject).finally(done);
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true });
  });
}
