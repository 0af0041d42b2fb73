/**
 * The Graph client and the chain that each of its requests passes, in order: request ids, authentication, retry, host
 * guard, user agent, HTTP. Authentication is outside of retry, because a new token after a 401 starts the request over.
 *
 * @see https://learn.microsoft.com/graph/sdks/customize-client
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Client, Context, Middleware, MiddlewareOptions } from "@microsoft/microsoft-graph-client";
import { ConnectionFailure } from "./connection.js";
import { GraphError } from "./errors.js";
import type { RequestEvent, RetryLimits, Surroundings } from "./options.js";
import { nextPause } from "./retry.js";
import { untilAborted } from "./abort.js";
import type { SignIn } from "./signIn.js";

/** What the chain needs to know of one request, and what it leaves behind. */
export class Exchange implements MiddlewareOptions {
  /** Our id of the request, the same for all of its attempts. */
  readonly clientRequestId = crypto.randomUUID();
  /** Attempts so far. */
  attempts = 0;
  /** Answers so far that put the request off. */
  throttles = 0;
  /** Lost connections and gateway errors so far. */
  faults = 0;
  /** All pauses so far, in milliseconds. */
  waitedMs = 0;
  /** What the service asked for last, in milliseconds. */
  retryAfterMs: number | undefined;
  /** The answer's text. */
  text = "";
  /** What the chain threw; the client library would wrap it. */
  failure: unknown;

  constructor(
    readonly spec: {
      /** What is done, for messages. */
      readonly action: string;
      /** Runs after a pause, before the request is sent again. */
      readonly beforeRepeat?: () => Promise<void>;
      /** Ends the request, a pause included. */
      readonly signal?: AbortSignal;
    },
    readonly write: boolean,
    /** The exact URL to use, such as a link to the next page, which is not to be taken apart. */
    readonly url?: string,
  ) {}
}

/** What the chain is made of. */
export interface ClientParts {
  /** Base URL of Graph; nothing else gets a token. */
  readonly base: string;
  readonly signIn: SignIn;
  readonly retry: RetryLimits;
  readonly timeoutMs: number;
  readonly surroundings: Surroundings;
  readonly onRequest: (event: RequestEvent, write: boolean) => void;
}

/** Makes the client; loads the client library. */
export function createClient(parts: ClientParts): Client {
  // Called with the first request, so that loading this module stays cheap.
  const library = require("@microsoft/microsoft-graph-client") as typeof import("@microsoft/microsoft-graph-client");
  const middleware = [
    new RequestIds(),
    new Authentication(parts),
    new Retry(parts),
    new HostGuard(parts),
    new UserAgent(),
    new Http(parts),
  ];
  return library.Client.initWithMiddleware({ baseUrl: `${parts.base}/`, defaultVersion: "v1.0", middleware });
}

abstract class Link implements Middleware {
  protected next!: Middleware;

  setNext(next: Middleware): void {
    this.next = next;
  }

  abstract execute(context: Context): Promise<void>;
}

class RequestIds extends Link {
  async execute(context: Context): Promise<void> {
    const exchange = exchangeOf(context);
    if (exchange.url !== undefined) context.request = exchange.url;
    setHeader(context, "client-request-id", exchange.clientRequestId);
    try {
      await this.next.execute(context);
    } catch (error) {
      exchange.failure = error;
      throw error;
    }
  }
}

class Authentication extends Link {
  constructor(private readonly parts: ClientParts) {
    super();
  }

  async execute(context: Context): Promise<void> {
    const { signIn } = this.parts;
    setHeader(context, "authorization", `Bearer ${await signIn.token()}`);
    await this.next.execute(context);
    if (context.response?.status !== 401) return;
    // Safe for writes, too: what is refused at the door was not processed.
    const token = await signIn.newToken(claimsOf(context.response));
    setHeader(context, "authorization", `Bearer ${token}`);
    await this.next.execute(context);
  }
}

/** What a claims challenge asks the new token to carry. */
function claimsOf(response: Response): string | undefined {
  const encoded = /\bclaims="([^"]+)"/.exec(response.headers.get("www-authenticate") ?? "")?.[1];
  return encoded === undefined ? undefined : Buffer.from(encoded, "base64").toString("utf8");
}

class Retry extends Link {
  constructor(private readonly parts: ClientParts) {
    super();
  }

  async execute(context: Context): Promise<void> {
    const { retry, surroundings } = this.parts;
    const exchange = exchangeOf(context);
    for (;;) {
      exchange.attempts += 1;
      const started = surroundings.now();
      const failure = await this.attempt(context);
      const response = failure ? undefined : context.response;
      const pause = nextPause(exchange, failure ?? response, retry, surroundings);
      this.report(context, exchange, started, failure ?? response, pause);
      if (pause === undefined) {
        if (failure) throw failure;
        return;
      }
      const { signal } = exchange.spec;
      await untilAborted(surroundings.sleep(pause, signal), signal);
      await exchange.spec.beforeRepeat?.();
    }
  }

  /** A lost connection is a result here; anything else is thrown. */
  private async attempt(context: Context): Promise<ConnectionFailure | undefined> {
    try {
      await this.next.execute(context);
      return undefined;
    } catch (error) {
      if (error instanceof ConnectionFailure) return error;
      throw error;
    }
  }

  private report(
    context: Context,
    exchange: Exchange,
    started: number,
    result: Response | ConnectionFailure | undefined,
    pause: number | undefined,
  ): void {
    const headers = result instanceof ConnectionFailure ? undefined : result?.headers;
    const requestId = headers?.get("request-id");
    const serviceTime = Date.parse(headers?.get("date") ?? "");
    const event: RequestEvent = {
      method: context.options?.method ?? "GET",
      path: urlOf(context).pathname,
      ...(result instanceof ConnectionFailure ? { failure: result.code } : result && { status: result.status }),
      attempt: exchange.attempts,
      clientRequestId: exchange.clientRequestId,
      ...(requestId && { requestId }),
      ms: this.parts.surroundings.now() - started,
      ...(!Number.isNaN(serviceTime) && { serviceTime }),
      ...(pause !== undefined && { retryInMs: pause }),
    };
    this.parts.onRequest(event, exchange.write);
  }
}

class HostGuard extends Link {
  constructor(private readonly parts: ClientParts) {
    super();
  }

  async execute(context: Context): Promise<void> {
    const { origin, username, password } = urlOf(context);
    const { spec, clientRequestId } = exchangeOf(context);
    const named = username !== "" || password !== "";
    if (named || origin !== new URL(this.parts.base).origin) {
      const detail = `an answer links to ${origin}${named ? " with a user name" : ""}, and a token is only ever sent to ${this.parts.base}`;
      const next = "Report this: something between this machine and Microsoft Graph may have changed the answer.";
      throw new GraphError({ action: spec.action, code: "ForeignHost", detail, clientRequestId }, next);
    }
    await this.next.execute(context);
  }
}

class UserAgent extends Link {
  execute(context: Context): Promise<void> {
    setHeader(context, "user-agent", userAgent());
    return this.next.execute(context);
  }
}

let agent: string | undefined;

function userAgent(): string {
  if (agent === undefined) {
    const text = readFileSync(join(__dirname, "..", "..", "package.json"), "utf8");
    agent = `pulumi-entra-passkeys/${(JSON.parse(text) as { version: string }).version}`;
  }
  return agent;
}

class Http extends Link {
  constructor(private readonly parts: ClientParts) {
    super();
  }

  /** Reads the whole answer, so that an answer that breaks off is a lost connection as well. */
  async execute(context: Context): Promise<void> {
    const { method, headers, body } = context.options ?? {};
    const deadline = this.parts.surroundings.deadline(this.parts.timeoutMs);
    const { signal } = exchangeOf(context).spec;
    signal?.throwIfAborted();
    try {
      // Redirects are not followed: Graph has none here, and the request carries a token.
      const response = await this.parts.surroundings.fetch(urlOf(context), {
        method: method ?? "GET",
        headers: headers as Record<string, string>,
        ...(typeof body === "string" && { body }),
        redirect: "manual",
        signal: signal ? AbortSignal.any([deadline, signal]) : deadline,
      });
      exchangeOf(context).text = await response.text();
      context.response = response;
    } catch (error) {
      // Given up by whoever asked: neither a failure of the connection nor a reason to try again.
      signal?.throwIfAborted();
      throw new ConnectionFailure(error);
    }
  }
}

function exchangeOf(context: Context): Exchange {
  return context.middlewareControl?.getMiddlewareOptions(Exchange) as Exchange;
}

function urlOf(context: Context): URL {
  return new URL(typeof context.request === "string" ? context.request : context.request.url);
}

function setHeader(context: Context, name: string, value: string): void {
  context.options ??= {};
  context.options.headers = { ...(context.options.headers as Record<string, string>), [name]: value };
}
