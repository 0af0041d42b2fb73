import type { RequestKind } from "./http/call.js";

/** One request, as it was answered. */
export interface AuditEntry {
  /** Order in which requests were finished, from 1; never reused. */
  readonly seq: number;
  /** When the request came in, ISO 8601. */
  readonly time: string;
  /** From the request's arrival to its answer. */
  readonly durationMs: number;
  readonly kind: RequestKind;
  readonly method: string;
  /** Path with query, as it was sent. */
  readonly path: string;
  /** Tenant id; undefined when the request told none. */
  readonly tenant: string | undefined;
  /** Status that was decided on, 0 when the connection was cut before that. */
  readonly status: number;
  /** What the handler came to, where a fault answered another status in its place. */
  readonly handled?: number;
  /** False when the answer never left whole: the connection was cut. A write may have happened all the same. */
  readonly delivered: boolean;
  readonly requestId: string;
  /** What the client sent as client-request-id, else the request id. */
  readonly clientRequestId: string;
  /** Parsed body; secrets are masked. */
  readonly requestBody: unknown;
  /** One line about the answer's body. */
  readonly response: string;
  /** Ids of the faults that acted on the request. */
  readonly faults: readonly string[];
  /** Request id of the `$batch` that the request came in. */
  readonly batch: string | undefined;
}

/** An entry before it is recorded. */
export type AuditRecord = Omit<AuditEntry, "seq">;

/** What is waited for did not happen in time. */
export class AuditTimeout extends Error {
  override readonly name = "AuditTimeout";
}

interface Waiter {
  matches(entry: AuditEntry): boolean;
  resolve(entry: AuditEntry): void;
  reject(error: AuditTimeout): void;
}

const KEPT_ENTRIES = 10_000;

/** Every request that reached the emulator, control requests excepted. The oldest go when there are over 10,000. */
export class AuditLog {
  #entries: AuditEntry[] = [];
  #lastSeq = 0;
  readonly #waiters = new Set<Waiter>();

  /** All entries, oldest first; an entry is there before its answer reaches the client. */
  get entries(): readonly AuditEntry[] {
    return this.#entries;
  }

  /** Sequence number of the newest entry, 0 before the first. */
  get lastSeq(): number {
    return this.#lastSeq;
  }

  /**
   * Requests that would change something: POST, PATCH, PUT and DELETE, whatever became of them. Tokens, batches (their
   * inner requests are entries of their own) and look-ups by POST do not count.
   */
  writes(kind?: RequestKind): AuditEntry[] {
    const counted: RequestKind[] =
      kind === undefined ? ["policy", "group", "user", "conditionalAccess", "unknown"] : [kind];
    return this.#entries.filter((entry) => entry.method !== "GET" && counted.includes(entry.kind));
  }

  /**
   * Waits for the next entry for which the predicate holds, so that a test need not sleep. Only entries recorded after
   * this call count, unless `after` names an older sequence number.
   *
   * @throws AuditTimeout after `timeoutMs` (default 10 seconds) or when the emulator closes, listing what came instead
   */
  next(
    predicate: (entry: AuditEntry) => boolean = () => true,
    options: { after?: number; timeoutMs?: number } = {},
  ): Promise<AuditEntry> {
    const { after = this.#lastSeq, timeoutMs = 10_000 } = options;
    const past = this.#entries.find((entry) => entry.seq > after && predicate(entry));
    if (past !== undefined) {
      return Promise.resolve(past);
    }
    const waiting = new Promise<AuditEntry>((resolve, reject) => {
      const timer = setTimeout(
        () => waiter.reject(new AuditTimeout(`nothing matched within ${timeoutMs} ms`)),
        timeoutMs,
      );
      const end = () => {
        clearTimeout(timer);
        this.#waiters.delete(waiter);
      };
      const waiter: Waiter = {
        matches: predicate,
        resolve: (entry) => {
          end();
          resolve(entry);
        },
        reject: (error) => {
          end();
          const seen = this.#entries.filter((entry) => entry.seq > after).map(describe);
          error.message += `; seen: ${seen.join(", ") || "no request"}`;
          reject(error);
        },
      };
      this.#waiters.add(waiter);
    });
    // A test that failed before it came to await this must not fail a second time.
    waiting.catch(() => undefined);
    return waiting;
  }

  /** Forgets the entries; sequence numbers go on. */
  clear(): void {
    this.#entries = [];
  }

  /** Ends all waits; called when the emulator closes. */
  abandon(): void {
    [...this.#waiters].forEach((waiter) => waiter.reject(new AuditTimeout("the emulator was closed")));
  }

  /** Adds an entry; called by the emulator only. */
  record(record: AuditRecord): AuditEntry {
    const entry: AuditEntry = { seq: ++this.#lastSeq, ...record };
    this.#entries.push(entry);
    if (this.#entries.length > KEPT_ENTRIES) {
      this.#entries.shift();
    }
    for (const waiter of [...this.#waiters]) {
      if (waiter.matches(entry)) {
        waiter.resolve(entry);
      }
    }
    return entry;
  }
}

function describe(entry: AuditEntry): string {
  return `${entry.method} ${entry.path} ${entry.status}`;
}

const SECRETS = ["client_secret", "client_assertion", "refresh_token", "password"];

/** A copy of a request body without secrets. */
export function maskSecrets(body: unknown): unknown {
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    return structuredClone(body);
  }
  const entries = Object.entries(body).map(([name, value]: [string, unknown]) => [
    name,
    SECRETS.includes(name) ? "***" : structuredClone(value),
  ]);
  return Object.fromEntries(entries) as unknown;
}

/** One line about the body of an answer. */
export function summarize(body: unknown): string {
  if (typeof body !== "object" || body === null) {
    return "";
  }
  const object = body as Record<string, unknown>;
  const error = object["error"];
  if (typeof error === "object" && error !== null && "code" in error && "message" in error) {
    return `${String(error.code)}: ${String(error.message)}`;
  }
  const value = object["value"];
  if (Array.isArray(value)) {
    return `${value.length} objects${object["@odata.nextLink"] === undefined ? "" : ", more follow"}`;
  }
  const profiles = object["passkeyProfiles"];
  const targets = object["includeTargets"];
  if (Array.isArray(profiles) && Array.isArray(targets)) {
    return `state ${String(object["state"])}, ${profiles.length} profiles, ${targets.length} include targets`;
  }
  const combinations = object["allowedCombinations"];
  if (Array.isArray(combinations)) {
    return `strength "${String(object["displayName"])}", ${combinations.length} combinations, ${limits(object)}`;
  }
  if (object["conditions"] !== undefined && object["grantControls"] !== undefined) {
    return `policy "${String(object["displayName"])}", ${String(object["state"])}`;
  }
  return Object.keys(object).slice(0, 5).join(", ");
}

function limits(strength: Record<string, unknown>): string {
  const configurations = strength["combinationConfigurations"];
  const lists = (Array.isArray(configurations) ? configurations : []) as { allowedAAGUIDs?: string[] }[];
  return lists.length === 0 ? "any model" : `${lists.flatMap((one) => one.allowedAAGUIDs ?? []).length} models`;
}
