import type { ConditionalAccessPolicy } from "./access/policies.js";
import type { AuthenticationStrength } from "./access/strengths.js";
import type { Fido2Policy } from "./fido2/types.js";
import type { MethodSample } from "./methods/samples.js";

/** What a stale read answers. */
export interface PolicySnapshot {
  policy: Fido2Policy;
  lastModified: string;
  legacyFieldsStopped: boolean;
  /** Configurations of the methods other than FIDO2. */
  methods: readonly MethodSample[];
  /** Built-in and custom ones. */
  strengths: readonly AuthenticationStrength[];
  conditionalAccess: readonly ConditionalAccessPolicy[];
}

/**
 * What a read is about: the configuration of a method, by its id in any case, or one of the two kinds of objects that
 * stand beside the methods.
 */
export type ReadSubject = "strengths" | "conditionalAccess" | (string & {});

interface Entry {
  snapshot: PolicySnapshot;
  /** In lower case. */
  subject: string;
  remaining: number;
  /** Milliseconds since 1970. */
  until: number;
}

/** Reads of one tenant that answer what was there before, oldest first. */
export class StaleReads {
  #entries: Entry[] = [];

  /** @param now milliseconds since 1970 */
  constructor(readonly now: () => number) {}

  /**
   * Makes the next reads of a subject answer a snapshot.
   *
   * @returns a function that ends it
   */
  add(snapshot: PolicySnapshot, limit: { reads: number; until: number }, subject: ReadSubject): () => void {
    const { reads: remaining, until } = limit;
    const entry: Entry = { snapshot, subject: subject.toLowerCase(), remaining, until };
    this.#entries.push(entry);
    return () => {
      this.#entries = this.#entries.filter((other) => other !== entry);
    };
  }

  /** What a read of the subject is to answer, if it is stale; uses it up. */
  next(subject: ReadSubject): PolicySnapshot | undefined {
    const now = this.now();
    this.#entries = this.#entries.filter(({ until }) => until > now);
    const entry = this.#entries.find((one) => one.subject === subject.toLowerCase());
    if (entry !== undefined) {
      entry.remaining--;
      this.#entries = this.#entries.filter(({ remaining }) => remaining > 0);
    }
    return entry?.snapshot;
  }
}
