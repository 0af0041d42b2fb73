/** Where progress goes; `process.stderr` is one. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

const LIVE_MS = 100;
const PLAIN_MS = 10_000;
const CLEAR = "\r\u001b[2K";

/** Shows how far something is: one line that changes on a terminal, else a line every ten seconds and for each part. */
export class ProgressLine {
  #part = "";
  #shownAt = Number.NEGATIVE_INFINITY;
  #live = false;

  constructor(
    private readonly stream: ProgressStream,
    private readonly now: () => number = Date.now,
  ) {}

  /** @param part what is being done; a new one is shown at once */
  show(part: string, text: string): void {
    const now = this.now();
    const interval = this.stream.isTTY ? LIVE_MS : PLAIN_MS;
    if (part === this.#part && now - this.#shownAt < interval) return;
    this.#part = part;
    this.#shownAt = now;
    this.stream.write(this.stream.isTTY ? `${CLEAR}${text}` : `${text}\n`);
    this.#live = this.stream.isTTY === true;
  }

  /** A line that stays. */
  note(text: string): void {
    this.end();
    this.stream.write(`${text}\n`);
  }

  /** Takes the live line away. */
  end(): void {
    if (this.#live) this.stream.write(CLEAR);
    this.#live = false;
  }
}
