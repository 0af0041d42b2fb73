/** What is between a process and the service: delays, lost connections, refusals, answers that are behind. */
import { Random } from "../../tools/soak/random.ts";
import type { Process } from "./process.ts";
import type { World } from "./world.ts";

const POLICY = /authenticationMethodConfigurations\/fido2$/;

/** How long an answer of the service may be behind, in milliseconds. */
export const BEHIND_MS = 5000;

/** A client gives up after so long. */
const TIMEOUT_MS = 30_000;

const FAULTS = {
  throttled: 5,
  unavailable: 3,
  errorBefore: 2,
  errorAfter: 3,
  cutBefore: 2,
  cutAfter: 3,
  refusedConnection: 1,
  brokenOff: 2,
  half: 1,
  silent: 0.5,
  silentAfter: 0.5,
  expired: 2,
  stale: 6,
  slow: 4,
};
export type Fault = keyof typeof FAULTS;

interface Call {
  readonly process: Process;
  readonly method: string;
  readonly url: URL;
  readonly headers: Record<string, string>;
  readonly body: string | undefined;
  readonly sentAt: number;
}

export class Network {
  readonly random: Random;
  /** The share of requests that meet a fault. */
  rate: number;
  readonly met = new Map<Fault, number>();
  readonly world: World;

  constructor(world: World, seed: number, rate: number) {
    this.world = world;
    this.random = new Random("network", seed);
    this.rate = rate;
  }

  latency(): number {
    return 5 + this.random.below(120);
  }

  send(process: Process, url: URL, init: RequestInit): Promise<Response> {
    const { clock } = this.world;
    const call: Call = {
      process,
      method: init.method ?? "GET",
      url,
      headers: init.headers as Record<string, string>,
      body: typeof init.body === "string" ? init.body : undefined,
      sentAt: clock.now(),
    };
    const fault = this.random.chance(this.rate) ? this.random.weighted(FAULTS) : undefined;
    if (fault !== undefined) this.met.set(fault, (this.met.get(fault) ?? 0) + 1);
    const about = POLICY.test(url.pathname) ? "the policy" : url.pathname.replace(/^\/v1\.0\//, "");
    this.world.log(`  ${process.name}: ${call.method} ${about}${fault === undefined ? "" : ` (${fault})`}`);
    return new Promise((resolve, reject) => {
      const ms = this.latency() + (fault === "slow" ? this.random.below(4000) : 0);
      clock.after(ms, () => {
        // Of a process that is dead by now, what was on its way may arrive or not.
        if (!process.alive && this.random.chance(0.5)) return;
        void this.#arrive(call, fault).then(
          (response) => this.#deliver(process, () => resolve(response)),
          (error: Error) => this.#deliver(process, () => reject(error), error.name === "TimeoutError"),
        );
      });
    });
  }

  #deliver(process: Process, end: () => void, late = false): void {
    this.world.clock.after(late ? TIMEOUT_MS : this.latency(), () => process.alive && end());
  }

  async #arrive(call: Call, fault: Fault | undefined): Promise<Response> {
    const { random } = this;
    switch (fault) {
      case "throttled":
      case "unavailable": {
        const wait = 1 + random.below(20);
        const date = new Date(this.world.clock.now() + wait * 1000).toUTCString();
        const after = random.pick([undefined, String(wait), date]);
        const status = fault === "throttled" ? 429 : 503;
        return refusal(status, after === undefined ? {} : { "retry-after": after });
      }
      case "errorBefore":
        return refusal(random.pick([500, 502, 504]));
      case "errorAfter":
        await this.#handle(call, false);
        return refusal(random.pick([500, 502, 504]));
      case "cutBefore":
        throw lost("ECONNRESET");
      case "cutAfter":
        await this.#handle(call, false);
        throw lost("UND_ERR_SOCKET");
      case "refusedConnection":
        throw lost("ECONNREFUSED");
      case "silent":
        throw new DOMException("no answer in time", "TimeoutError");
      case "silentAfter":
        await this.#handle(call, false);
        throw new DOMException("no answer in time", "TimeoutError");
      case "expired":
        this.world.tenant.expireTokens();
        return this.#handle(call, false);
      case "brokenOff":
      case "half": {
        const response = await this.#handle(call, false);
        if (response.status === 204) return response;
        const text = await response.text();
        const part = text.slice(0, Math.floor(text.length / 2));
        return new Response(fault === "half" ? part : breakingOff(part), response);
      }
      default:
        return this.#handle(call, fault === "stale");
    }
  }

  async #handle(call: Call, stale: boolean): Promise<Response> {
    const { world } = this;
    const { process, method, url, headers, body, sentAt } = call;
    const isPolicy = POLICY.test(url.pathname);
    const request = new Request(url, { method, headers, ...(body !== undefined && { body }) });
    const response = await world.emulator.fetch(request);
    if (!isPolicy || !response.ok) return response;
    if (method === "GET") {
      const { history } = world.oracle;
      const old = stale ? random(this.random, history.behind(world.clock.now() - BEHIND_MS)) : history.last;
      world.oracle.served(process, old);
      return old === history.last ? response : new Response(JSON.stringify(old.policy), response);
    }
    world.oracle.wrote(process, sentAt, body ?? "", world.tenant.policy());
    return response;
  }
}

const random = <T>(from: Random, list: readonly T[]): T => from.pick(list);

function refusal(status: number, headers: Record<string, string> = {}): Response {
  const body = JSON.stringify({ error: { code: `Simulated${status}`, message: "A fault on purpose." } });
  return new Response(body, { status, headers: { "content-type": "application/json", ...headers } });
}

const lost = (code: string): Error =>
  new TypeError("fetch failed", { cause: Object.assign(new Error(`simulated ${code}`), { code }) });

function breakingOff(text: string): ReadableStream {
  return new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode(text));
      controller.error(lost("UND_ERR_SOCKET"));
    },
  });
}
