import type { Fido2Policy } from "../policy/index.js";

/** What applying needs of Microsoft Graph. `createGraph` gives one. */
export interface PolicyGraph {
  readonly tenantId: string;
  readPasskeyPolicy(): Promise<Fido2Policy>;
  /**
   * Rejects with an error named `BadRequestError` where the service refused, `OutcomeUnknownError` where the answer was
   * lost. `beforeRepeat` runs before a write that the service put off is sent again, and gives it up by throwing.
   */
  patchPasskeyPolicy(
    body: Readonly<Record<string, unknown>>,
    options?: { readonly beforeRepeat?: () => Promise<void> },
  ): Promise<void>;
  findGroups(wanted: {
    readonly ids: readonly string[];
    readonly names: readonly string[];
  }): Promise<readonly GroupRecord[]>;
  readUserMembers(groupId: string): Promise<readonly string[]>;
}

export interface GroupRecord {
  readonly id: string;
  readonly displayName: string;
  readonly securityEnabled: boolean;
}

/** Time, for tests. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  sleep(ms: number): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};
