/** Waits, but no longer than until the signal aborts: a timer that is left would keep the process alive. */
export function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    if (signal?.aborted) end();
    else signal?.addEventListener("abort", end, { once: true });
  });
}

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
