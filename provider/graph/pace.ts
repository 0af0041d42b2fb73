import { untilAborted } from "./abort.js";
import type { Surroundings } from "./options.js";

/** Lets so many requests through in any span of so many milliseconds; whoever comes too early waits for a turn. */
export class Pace {
  /** When the latest turns are, the oldest first. */
  readonly #turns: number[] = [];

  constructor(
    private readonly requests: number,
    private readonly spanMs: number,
    private readonly surroundings: Pick<Surroundings, "now" | "sleep">,
  ) {}

  async turn(signal?: AbortSignal): Promise<void> {
    const now = this.surroundings.now();
    const oldest = this.#turns.length < this.requests ? undefined : this.#turns.shift();
    const at = oldest === undefined ? now : Math.max(now, oldest + this.spanMs);
    this.#turns.push(at);
    if (at > now) await untilAborted(this.surroundings.sleep(at - now, signal), signal);
  }
}
