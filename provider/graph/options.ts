import type { TokenCredential } from "@azure/identity";
import { pause } from "./abort.js";

/** One HTTP request that was sent, told as soon as its answer, or its failure, is there. */
export interface RequestEvent {
  readonly method: string;
  /** Path of the URL; never the query, which can hold names. */
  readonly path: string;
  /** HTTP status; absent where there was no answer. */
  readonly status?: number;
  /** Why there was no answer, for example `ECONNRESET` or `TimeoutError`. */
  readonly failure?: string;
  /** From 1; a request that is repeated keeps its `clientRequestId` and counts on. */
  readonly attempt: number;
  readonly clientRequestId: string;
  /** The service's id of this attempt. */
  readonly requestId?: string;
  /** Duration of this attempt in milliseconds. */
  readonly ms: number;
  /** When the service answered by its own clock, to the second, in milliseconds since 1970; absent where it does not say. */
  readonly serviceTime?: number;
  /** Pause in milliseconds before the request is repeated; absent where it is not. */
  readonly retryInMs?: number;
}

/** Limits of repeating requests. */
export interface RetryLimits {
  /** The longest single pause in milliseconds; a longer Retry-After is cut. @default 60000 */
  readonly maxWaitMs: number;
  /** All pauses of one request together, in milliseconds. @default 180000 */
  readonly totalWaitMs: number;
  /** The first pause where the service names none; doubles each time. @default 500 */
  readonly baseWaitMs: number;
}

/** The times, the chance and the network that the client depends on; tests replace them. */
export interface Surroundings {
  /** Milliseconds since 1970. */
  now(): number;
  /** May end early where the signal aborts; the caller finds out by the signal. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** From 0 to below 1. */
  random(): number;
  /** A signal that aborts after that time. */
  deadline(ms: number): AbortSignal;
  /** Sends one request; as the global `fetch`. */
  fetch(url: URL, init: RequestInit): Promise<Response>;
}

/** Options of `createGraph`; each has a default. */
export interface GraphOptions {
  /** Called for each request, to count or to show progress. It must not throw. */
  readonly onRequest?: (event: RequestEvent) => void;
  readonly retry?: Partial<RetryLimits>;
  /** How long one attempt may take, answer included, in milliseconds. @default 30000 */
  readonly timeoutMs?: number;
  /** Instead of the credential that the settings ask for. */
  readonly credential?: TokenCredential;
  readonly surroundings?: Partial<Surroundings>;
}

/** Options of a read that may take long. */
export interface ReadOptions {
  /** Ends the read, pauses included, with the signal's reason. */
  readonly signal?: AbortSignal;
}

export const DEFAULT_RETRY: RetryLimits = { maxWaitMs: 60_000, totalWaitMs: 180_000, baseWaitMs: 500 };

export const DEFAULT_TIMEOUT_MS = 30_000;

export const REAL_SURROUNDINGS: Surroundings = {
  now: () => Date.now(),
  sleep: (ms, signal) => pause(ms, signal),
  random: () => Math.random(),
  deadline: (ms) => AbortSignal.timeout(ms),
  fetch: (url, init) => fetch(url, init),
};
