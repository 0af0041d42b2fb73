/** A read that all of a process share: whoever asks while it is in flight, or soon after it, gets the same answer. */
export class SharedRead<T> {
  #last: { readonly answer: Promise<T>; readonly asked: number; at: number } | undefined;

  constructor(
    private readonly read: () => Promise<T>,
    /** Milliseconds since the epoch. */
    private readonly now: () => number,
  ) {}

  /** From memory where the answer is not older than `maxAge` milliseconds. A failed read is not remembered. */
  async get(maxAge = Number.POSITIVE_INFINITY): Promise<T> {
    const known = this.#last;
    if (known !== undefined && this.now() - known.at <= maxAge) return known.answer;
    const answer = this.read();
    const asked = this.now();
    const last = { answer, asked, at: asked };
    this.#last = last;
    try {
      const value = await answer;
      last.at = this.now();
      return value;
    } catch (error) {
      if (this.#last === last) this.#last = undefined;
      throw error;
    }
  }

  /** Reads anew, whatever is in memory. */
  again(): Promise<T> {
    this.forget();
    return this.get();
  }

  /** When the answer that is in memory was asked for, in milliseconds since the epoch; 0 where there is none. */
  get askedAt(): number {
    return this.#last?.asked ?? 0;
  }

  /** Forgets the answer, because what it is about was written to. */
  forget(): void {
    this.#last = undefined;
  }
}
