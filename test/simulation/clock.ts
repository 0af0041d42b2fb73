/** Virtual time: nothing waits, and what happens next is decided by the queue alone. */

/** Where every simulation begins, in milliseconds since 1970. */
export const START = Date.UTC(2026, 0, 5, 8);

interface Event {
  readonly time: number;
  readonly order: number;
  readonly run: () => void;
}

export class Clock {
  #now = START;
  #order = 0;
  readonly #events: Event[] = [];
  /** How many events have happened. */
  happened = 0;

  now(): number {
    return this.#now;
  }

  /** Since the beginning, in seconds. */
  elapsed(): string {
    return ((this.#now - START) / 1000).toFixed(3);
  }

  /** Runs something so many milliseconds from now; of two at the same time, the one that was asked for first. */
  after(ms: number, run: () => void): void {
    const event = { time: this.#now + Math.max(0, ms), order: ++this.#order, run };
    let at = this.#events.length;
    while (at > 0 && this.#events[at - 1]!.time > event.time) at -= 1;
    this.#events.splice(at, 0, event);
  }

  /** Lets everything run that waits for nothing outside: promises are settled before the next round of the event loop. */
  settle(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve));
  }

  /** The next event, for when everything else is settled; false where there is none. */
  next(): boolean {
    const next = this.#events.shift();
    if (next === undefined) return false;
    this.#now = next.time;
    this.happened += 1;
    next.run();
    return true;
  }
}
