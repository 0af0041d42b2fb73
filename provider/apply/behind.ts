import { normalizePolicy, readFacet, sameFacet } from "../policy/index.js";
import type { FacetChange, FacetName, Fido2Policy } from "../policy/index.js";
import type { Clock } from "./port.js";

/** How long after a write has shown an answer may still be from before it, in milliseconds. */
const MAY_BE_BEHIND_MS = 60_000;

/** Pauses between the reads that wait for an answer which is not behind, in milliseconds. */
const PAUSES = [150, 300, 600, 1200, 2500];

/**
 * What this process has written, and has read back, so that an answer from before that is told from the policy as it is:
 * of the copies that the service has, the next read may meet one that is behind. A list that is made of such an answer
 * would take back what was written.
 */
export class Behind {
  readonly #seen = new Map<FacetName, FacetChange & { readonly at: number }>();

  constructor(private readonly clock: Clock) {}

  /** Parts are about to be written: every value of them may be the one as it is. */
  writing(changes: readonly FacetChange[]): void {
    for (const { facet } of changes) this.#seen.delete(facet);
  }

  /** What was written has been read back. */
  seen(changes: readonly FacetChange[]): void {
    const at = this.clock.now();
    for (const change of changes) this.#seen.set(change.facet, { ...change, at });
  }

  /** Reads until the answer is not behind. What is as before for too long, somebody else has put back. */
  async read(ask: () => Promise<Fido2Policy>): Promise<Fido2Policy> {
    for (const pause of PAUSES) {
      const policy = await ask();
      if (this.#older(policy).length === 0) return policy;
      await this.clock.sleep(pause);
    }
    const policy = await ask();
    for (const facet of this.#older(policy)) this.#seen.delete(facet);
    return policy;
  }

  /** Parts that have the value from before our write. */
  #older(policy: Fido2Policy): FacetName[] {
    const since = this.clock.now() - MAY_BE_BEHIND_MS;
    const recent = [...this.#seen.values()].filter(({ at }) => at >= since);
    if (recent.length === 0) return [];
    const now = normalizePolicy(policy);
    return recent
      .filter(({ facet, before, after }) => {
        const live = readFacet(now, facet);
        return sameFacet(live, before) && !sameFacet(live, after);
      })
      .map(({ facet }) => facet);
  }
}
