import type { Client } from "@microsoft/microsoft-graph-client";
import { isObject, type Json } from "../policy/access/json.js";
import { createClient, Exchange } from "./client.js";
import { ConnectionFailure } from "./connection.js";
import { createCredential, CachedCredential } from "./credentials.js";
import {
  BadRequestError,
  GraphError,
  LicenceError,
  OutcomeUnknownError,
  PermissionError,
  SignInError,
  ThrottledError,
  UnreadableAnswerError,
  type Failure,
} from "./errors.js";
import {
  DEFAULT_RETRY,
  DEFAULT_TIMEOUT_MS,
  REAL_SURROUNDINGS,
  type GraphOptions,
  type RequestEvent,
  type RetryLimits,
  type Surroundings,
} from "./options.js";
import { redact } from "./secret.js";
import { graphBase, type ConnectionSettings } from "./settings.js";
import { SignIn } from "./signIn.js";
import { readTokenFacts, type TokenFacts } from "./tokenFacts.js";

/** What Graph answers where the tenant lacks the licence. @see https://learn.microsoft.com/entra/identity/authentication/howto-authentication-methods-activity */
const NO_LICENCE = "Authentication_RequestFromNonPremiumTenantOrB2CTenant";

/** A request to make. */
export interface RequestSpec {
  /** What is done, for messages, for example `reading the Passkey (FIDO2) policy`. */
  readonly action: string;
  /** Path below the version, without a query. */
  readonly path: string;
  /** Query parameters as they are; they are encoded here. */
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Application permissions, of which the first is the least that suffices. */
  readonly permissions: readonly string[];
  /** The error for 404, where that means something special. */
  readonly onMissing?: (failure: Failure) => GraphError;
  /** Runs after a pause, before the request is sent again; what it throws ends the request. */
  readonly beforeRepeat?: () => Promise<void>;
  /** Ends the request with the signal's reason. */
  readonly signal?: AbortSignal;
  /** The service's words about a failure may name a person, and are not passed on. @default false */
  readonly aboutPeople?: boolean;
}

/** Requests made so far; attempts count one by one. */
export interface RequestCounter {
  readonly total: number;
  readonly reads: number;
  readonly writes: number;
  /** Attempts after the first one of a request. */
  readonly repeats: number;
}

export { isObject, type Json };

/** Requests to Graph, with failures as typed errors. Loads the libraries on the first request. */
export class Transport {
  readonly requests = { total: 0, reads: 0, writes: 0, repeats: 0 };
  readonly surroundings: Surroundings;
  readonly retry: RetryLimits;
  #client: Client | undefined;
  #signIn: SignIn | undefined;

  constructor(
    private readonly settings: ConnectionSettings,
    private readonly options: GraphOptions,
  ) {
    this.surroundings = { ...REAL_SURROUNDINGS, ...options.surroundings };
    this.retry = { ...DEFAULT_RETRY, ...options.retry };
  }

  /** Signs in, and says whom the token is for; undefined where it does not tell. */
  async signIn(): Promise<TokenFacts | undefined> {
    return readTokenFacts(await this.tokens().token());
  }

  /** One JSON object. */
  async get(spec: RequestSpec, url?: string): Promise<Json> {
    const exchange = new Exchange(spec, false, url);
    const response = await this.send(spec, exchange, "GET");
    return parse(exchange, response, this.secrets());
  }

  /** Asks by POST for something that changes nothing, such as a batch of reads, and so is repeated like a read. */
  async ask(spec: RequestSpec, body: Json): Promise<Json> {
    const exchange = new Exchange(spec, false);
    const response = await this.send(spec, exchange, "POST", body);
    return parse(exchange, response, this.secrets());
  }

  /** All pages of a list. */
  async list(spec: RequestSpec): Promise<Json[]> {
    const items: Json[] = [];
    for await (const page of this.pages(spec)) for (const item of page) items.push(item);
    return items;
  }

  /**
   * A list page by page, so that nobody has to hold all of it.
   *
   * @param first where the list goes on, a link from an answer
   * @param beforePage runs before each page is asked for
   */
  async *pages(spec: RequestSpec, first?: string, beforePage?: () => Promise<void>): AsyncGenerator<Json[]> {
    const seen = new Set<string>();
    for (let url = first; ;) {
      await beforePage?.();
      const page = await this.get(spec, url);
      yield pageItems(spec, page);
      url = nextLink(spec, page);
      if (url === undefined) return;
      if (seen.has(url)) throw unreadable(spec, "the pages go round in a circle");
      seen.add(url);
    }
  }

  /** Changes an object. An answer with content is fine, too; it is not looked at. */
  async patch(spec: RequestSpec, body: Json): Promise<void> {
    await this.send(spec, new Exchange(spec, true), "PATCH", body);
  }

  /**
   * Creates an object, or runs an action that changes something.
   *
   * @returns what the service answered, where it is JSON.
   * @throws OutcomeUnknownError also where a good answer is none that can be read.
   */
  async create(spec: RequestSpec, body: Json): Promise<Json> {
    const exchange = new Exchange(spec, true);
    const response = await this.send(spec, exchange, "POST", body);
    // Taken, or swallowed by something in between: reading tells.
    return jsonOf(exchange) ?? fail(new OutcomeUnknownError(notJson(exchange, response, this.secrets())));
  }

  async remove(spec: RequestSpec): Promise<void> {
    await this.send(spec, new Exchange(spec, true), "DELETE");
  }

  /** @returns a 2xx answer; its text is in the exchange. */
  private async send(
    spec: RequestSpec,
    exchange: Exchange,
    method: "GET" | "POST" | "PATCH" | "DELETE",
    body?: Json,
  ): Promise<Response> {
    this.#client ??= this.createClient();
    const request = this.#client.api(spec.path).middlewareOptions([exchange]);
    // "raw": the library would otherwise turn an answer that is not JSON into something else.
    request.responseType("raw" as Parameters<typeof request.responseType>[0]);
    for (const [name, value] of Object.entries(spec.query ?? {})) request.query(`${name}=${encodeURIComponent(value)}`);
    request.headers({ accept: "application/json", ...spec.headers });
    let response: Response;
    try {
      const send = {
        GET: () => request.get(),
        POST: () => request.post(body),
        PATCH: () => request.patch(body),
        DELETE: () => request.delete(),
      };
      response = (await send[method]()) as Response;
    } catch (error) {
      throw toError(exchange, exchange.failure ?? error, this.settings, this.secrets());
    }
    if (response.ok) return response;
    throw refusal(spec, exchange, response, this.secrets());
  }

  /** What is taken out of all that a service says. */
  private secrets(): string[] {
    return this.#signIn?.secrets() ?? [];
  }

  private tokens(): SignIn {
    const { settings, options, surroundings } = this;
    const { credential } = options;
    return (this.#signIn ??= new SignIn(
      settings,
      credential
        ? new CachedCredential(() => credential, surroundings.now)
        : createCredential(settings, surroundings.now),
    ));
  }

  private createClient(): Client {
    const { settings, options, surroundings, retry } = this;
    return createClient({
      base: graphBase(settings),
      signIn: this.tokens(),
      retry,
      timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
      surroundings,
      onRequest: (event, write) => this.count(event, write),
    });
  }

  private count(event: RequestEvent, write: boolean): void {
    this.requests.total += 1;
    this.requests[write ? "writes" : "reads"] += 1;
    if (event.attempt > 1) this.requests.repeats += 1;
    this.options.onRequest?.(event);
  }
}

/** The answer does not have the form that the documentation describes. */
export function unreadable(spec: Pick<RequestSpec, "action">, detail: string): UnreadableAnswerError {
  return new UnreadableAnswerError({ action: spec.action, detail });
}

/** The objects of one page. */
export function pageItems(spec: Pick<RequestSpec, "action">, page: Json): Json[] {
  const { value } = page;
  if (Array.isArray(value) && value.every(isObject)) return value;
  throw unreadable(spec, "value is not a list of objects");
}

/** Where a list goes on; undefined at its end. */
export function nextLink(spec: Pick<RequestSpec, "action">, page: Json): string | undefined {
  const link = page["@odata.nextLink"];
  if (link === undefined || link === null) return undefined;
  if (typeof link === "string" && URL.canParse(link)) return link;
  throw unreadable(spec, "the link to the next page is not a URL");
}

function parse(exchange: Exchange, response: Response, secrets: readonly string[]): Json {
  return jsonOf(exchange) ?? fail(new UnreadableAnswerError(notJson(exchange, response, secrets)));
}

function fail(error: Error): never {
  throw error;
}

/** The answer, where it is a JSON object. */
function jsonOf({ text }: Exchange): Json | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return isObject(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function notJson(exchange: Exchange, response: Response, secrets: readonly string[]): Failure {
  const type = response.headers.get("content-type") ?? "no content type";
  const detail = `the answer is not a JSON object (${redact(type, secrets)}, ${exchange.text.length} characters)`;
  return { ...known(exchange, secrets, response), detail };
}

function known(exchange: Exchange, secrets: readonly string[], response?: Response): Failure {
  const requestId = response?.headers.get("request-id");
  return {
    action: exchange.spec.action,
    ...(response && { status: response.status }),
    ...(requestId && { requestId: redact(requestId, secrets) }),
    clientRequestId: exchange.clientRequestId,
  };
}

/** The error for an answer that is not 2xx. */
function refusal(spec: RequestSpec, exchange: Exchange, response: Response, secrets: readonly string[]): GraphError {
  const { code, detail } = serviceError(exchange.text, secrets);
  const failure = {
    ...known(exchange, secrets, response),
    ...(code !== undefined && { code }),
    ...(detail !== undefined && !spec.aboutPeople && { detail }),
  };
  return toGraphError(spec, failure, response.status, exchange);
}

/** The error for a status that is not 2xx, of a request or of one item of a batch. */
export function toGraphError(
  spec: Pick<RequestSpec, "permissions" | "onMissing">,
  failure: Failure,
  status: number,
  exchange: { readonly write: boolean; readonly retryAfterMs: number | undefined },
): GraphError {
  if (status === 401)
    return new SignInError(failure, "Graph refused a token that was just issued: check tenant and cloud.");
  if (status === 403 && failure.code === NO_LICENCE) return new LicenceError(failure, "Entra ID P1");
  if (status === 403) return new PermissionError(failure, spec.permissions);
  if (status === 404 && spec.onMissing) return spec.onMissing(failure);
  if (status === 429 || status === 503) return new ThrottledError(failure, exchange.retryAfterMs);
  if (exchange.write && (status >= 500 || status === 408)) return new OutcomeUnknownError(failure);
  if (status === 400 || status === 413 || status === 422) return new BadRequestError(failure);
  if (status >= 300 && status < 400) {
    return new GraphError(
      failure,
      "Graph answered with a redirect, which is not followed. Check for a proxy in between.",
    );
  }
  return new GraphError(failure);
}

/** Code and message of Graph's error envelope, if the answer is one. */
function serviceError(text: string, secrets: readonly string[]): Pick<Failure, "code" | "detail"> {
  try {
    return envelope(JSON.parse(text), secrets);
  } catch {
    return {};
  }
}

/** Code and message of an answer that is Graph's error envelope; nothing where it is not. */
export function envelope(parsed: unknown, secrets: readonly string[] = []): Pick<Failure, "code" | "detail"> {
  const error = isObject(parsed) && isObject(parsed.error) ? parsed.error : {};
  return {
    ...(typeof error.code === "string" && { code: redact(error.code, secrets) }),
    ...(typeof error.message === "string" && error.message && { detail: redact(error.message, secrets) }),
  };
}

/** The error for a request without an answer. */
function toError(
  exchange: Exchange,
  error: unknown,
  settings: ConnectionSettings,
  secrets: readonly string[],
): unknown {
  if (!(error instanceof ConnectionFailure)) return error;
  const detail = redact(error.message, secrets);
  const failure = { ...known(exchange, secrets), code: error.code, detail, cause: error };
  if (exchange.write && error.sent) return new OutcomeUnknownError(failure);
  if (error.untrusted) {
    const next = "Add the certificate authority that signs in between, such as a proxy's, with NODE_EXTRA_CA_CERTS.";
    return new GraphError(failure, next);
  }
  const nothing = exchange.write ? "Nothing was written. " : "";
  if (settings.endpoint)
    return new GraphError(failure, `${nothing}Is the local Graph at ${settings.endpoint} running?`);
  return new GraphError(
    failure,
    `${nothing}Check the network; behind a proxy, Node.js needs HTTPS_PROXY and NODE_USE_ENV_PROXY=1 (Node.js 24).`,
  );
}
