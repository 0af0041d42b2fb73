import { untilAborted } from "./abort.js";
import { GraphError, PermissionError, SignInError } from "./errors.js";
import type { ReadOptions } from "./options.js";
import { nextPause, type RetryState } from "./retry.js";
import { envelope, isObject, toGraphError, unreadable, type Json, type Transport } from "./transport.js";

/** The same read for many objects. */
export interface EachSpec extends ReadOptions {
  /** What is done, for messages. */
  readonly action: string;
  /** Path of one object's read below the version, with its query. */
  readonly path: (id: string) => string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly permissions: readonly string[];
  /** Batches in flight at most. @default 4 */
  readonly concurrency?: number;
}

/** What came of one object's read. */
export type EachAnswer =
  | { readonly id: string; readonly body: Json }
  /** 404. */
  | { readonly id: string; readonly gone: true }
  | { readonly id: string; readonly failure: GraphError };

/** @see https://learn.microsoft.com/graph/json-batching */
const BATCH_PATH = "/$batch";
const LARGEST = 20;
/** Refusals after which it is the application that lacks a permission, and not the person who is out of its reach. */
const REFUSALS = 60;
const NO_ANSWER = 504;

interface Item {
  readonly id: string;
  readonly state: RetryState;
}

/**
 * Reads many objects by batches of at most 20, several at once, in no particular order. The service throttles each item
 * by itself: an item that was put off goes into a later batch when its pause is over, by the limits of `RetryLimits`, and
 * meanwhile nothing else is sent; batches get smaller while that happens.
 *
 * @param onEach called once for each object, and awaited
 * @throws PermissionError where every answer is 403; a 403 among other answers is that object's failure.
 * @throws ThrottledError where the service answers nobody any more for as long as `totalWaitMs`.
 */
export async function readEach(
  transport: Transport,
  spec: EachSpec,
  ids: Iterable<string>,
  onEach: (answer: EachAnswer) => void | Promise<void>,
): Promise<void> {
  const stop = new AbortController();
  const signal = spec.signal ? AbortSignal.any([spec.signal, stop.signal]) : stop.signal;
  const reader = new BatchReader(transport, { ...spec, signal }, ids[Symbol.iterator](), onEach);
  const workers = Array.from({ length: spec.concurrency ?? 4 }, () =>
    reader.work().catch((error: unknown) => stop.abort(error)),
  );
  await Promise.all(workers);
  spec.signal?.throwIfAborted();
  stop.signal.throwIfAborted();
  reader.end();
}

class BatchReader {
  readonly #putOff: Item[] = [];
  /** Refused so far while nothing was answered. */
  readonly #refused: { readonly id: string; readonly failure: PermissionError }[] = [];
  #size = LARGEST;
  #resumeAt = 0;
  #answered = false;
  /** Since when items are put off and none is answered. */
  #starvedSince: number | undefined;

  constructor(
    private readonly transport: Transport,
    private readonly spec: EachSpec & { readonly signal: AbortSignal },
    private readonly ids: Iterator<string>,
    private readonly onEach: (answer: EachAnswer) => void | Promise<void>,
  ) {}

  /** Sends batches until nothing is left; an item that is put off is taken again by whoever put it off. */
  async work(): Promise<void> {
    const { surroundings } = this.transport;
    for (;;) {
      this.spec.signal.throwIfAborted();
      const pause = this.#resumeAt - surroundings.now();
      if (pause > 0) {
        await untilAborted(surroundings.sleep(pause, this.spec.signal), this.spec.signal);
        continue;
      }
      const items = this.#take();
      if (items.length === 0) return;
      await this.#send(items);
    }
  }

  /** Everything was refused: it is the permission. */
  end(): void {
    if (this.#refused[0]) throw this.#refused[0].failure;
  }

  #take(): Item[] {
    const items = this.#putOff.splice(0, this.#size);
    while (items.length < this.#size) {
      const { done, value } = this.ids.next();
      if (done) break;
      const state = { write: false, throttles: 0, faults: 0, waitedMs: 0, retryAfterMs: undefined };
      items.push({ id: value, state });
    }
    return items;
  }

  async #send(items: readonly Item[]): Promise<void> {
    const { action, permissions, path, headers, signal } = this.spec;
    const spec = { action, permissions, path: BATCH_PATH, signal, aboutPeople: true };
    const requests = items.map(({ id }, index) => ({
      id: String(index),
      method: "GET",
      url: path(id),
      ...(headers && { headers }),
    }));
    const { responses } = await this.transport.ask(spec, { requests });
    if (!Array.isArray(responses)) throw unreadable(spec, "the answer to a batch has no responses");
    const byId = new Map(responses.filter(isObject).map((response) => [response.id, response]));
    let throttled = false;
    for (const [index, item] of items.entries()) {
      throttled = (await this.#settle(item, byId.get(String(index)))) || throttled;
    }
    this.#size = throttled ? Math.max(1, Math.floor(this.#size / 2)) : Math.min(LARGEST, this.#size + 1);
  }

  /** @returns whether the item was throttled. */
  async #settle(item: Item, response: Json | undefined): Promise<boolean> {
    const { id } = item;
    const status = typeof response?.status === "number" ? response.status : NO_ANSWER;
    if (status >= 200 && status < 300) {
      const body = response?.body;
      const failure = () => unreadable(this.spec, "the answer in a batch is not a JSON object");
      await this.#answer(isObject(body) ? { id, body } : { id, failure: failure() });
      return false;
    }
    if (status === 404) {
      await this.#answer({ id, gone: true });
      return false;
    }
    const { surroundings, retry } = this.transport;
    const throttled = status === 429 || status === 503;
    if (throttled) this.#starvedSince ??= surroundings.now();
    const starved = throttled && surroundings.now() - this.#starvedSince! >= retry.totalWaitMs;
    const pause = nextPause(item.state, toResponse(status, response), retry, surroundings);
    if (pause !== undefined && !starved) {
      this.#resumeAt = Math.max(this.#resumeAt, surroundings.now() + pause);
      this.#putOff.push(item);
      return throttled;
    }
    // Without the service's words, which may name the person.
    const { code } = envelope(response?.body);
    const known = { action: this.spec.action, status, ...(code && { code }) };
    const failure = toGraphError(this.spec, known, status, item.state);
    if (failure instanceof SignInError || starved) throw failure;
    if (failure instanceof PermissionError && !this.#answered) await this.#refuse({ id, failure });
    else await this.onEach({ id, failure });
    return throttled;
  }

  async #refuse(refused: { readonly id: string; readonly failure: PermissionError }): Promise<void> {
    this.#refused.push(refused);
    if (this.#refused.length >= REFUSALS) throw refused.failure;
  }

  async #answer(answer: EachAnswer): Promise<void> {
    this.#answered = true;
    this.#starvedSince = undefined;
    for (const refused of this.#refused.splice(0)) await this.onEach(refused);
    await this.onEach(answer);
  }
}

/** A batch's item as the answer that the decision about repeating looks at. */
function toResponse(status: number, response: Json | undefined): Response {
  const headers = isObject(response?.headers) ? Object.entries(response.headers) : [];
  const [, retryAfter] = headers.find(([name]) => name.toLowerCase() === "retry-after") ?? [];
  const valid = status >= 200 && status <= 599 ? status : NO_ANSWER;
  return new Response(null, {
    status: valid,
    headers: retryAfter === undefined ? {} : { "retry-after": String(retryAfter) },
  });
}
