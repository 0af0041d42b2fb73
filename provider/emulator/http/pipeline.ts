import { randomUUID } from "node:crypto";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import type { Context } from "hono";
import { maskSecrets, summarize, type AuditLog } from "../audit.js";
import { ConnectionCut, graphErrors, GraphHttpError } from "../errors.js";
import type { Faults } from "../faults/faults.js";
import { allows, type AllOf, type Permissions } from "../permissions.js";
import type { Throttle } from "../people/throttle.js";
import { shownTime, type ServiceClock } from "../time.js";
import type { Tenant } from "../tenant.js";
import type { Tokens } from "../tokens.js";
import type { Answer, Bindings, Call, RequestKind, SignedCall } from "./call.js";

/** What every request needs of the emulator. */
export interface Host {
  readonly tenants: ReadonlyMap<string, Tenant>;
  readonly audit: AuditLog;
  readonly faults: Faults;
  readonly tokens: Tokens;
  readonly throttle: Throttle;
  readonly clock: ServiceClock;
  /** Aborted when the emulator closes. */
  readonly signal: AbortSignal;
}

/** One operation that the emulator serves. */
export type Operation =
  | {
      kind: RequestKind;
      anonymous: true;
      /** Tenant id or domain in the path. */
      tenant?: (params: Readonly<Record<string, string>>) => string | undefined;
      handle(call: Call): Answer | Promise<Answer>;
    }
  | {
      kind: RequestKind;
      anonymous?: false;
      /** One of these is enough; `any` wants a good token only. */
      permissions: Permissions | ((call: SignedCall) => Permissions | AllOf) | "any";
      /** Limits the request; refused by permissions, it does not count. */
      throttle?(call: SignedCall, throttle: Throttle): void;
      handle(call: SignedCall): Answer | Promise<Answer>;
    };

export type EmulatorEnv = { Bindings: Bindings };
export type EmulatorContext = Context<EmulatorEnv>;

/**
 * Takes a request through everything: faults, token, permissions, handler, error envelope, audit log.
 *
 * @returns the response; for a cut connection one that is never sent
 */
export async function answerRequest(host: Host, context: EmulatorContext, operation: Operation): Promise<Response> {
  const started = Date.now();
  const call = await readCall(host, context, operation);
  const faults = host.faults.start(call, host.signal, host.clock);
  let answer: Answer | undefined;
  let handled: number | undefined;
  let delivered = true;
  try {
    answer = await attempt(call, async () => (await faults.before()) ?? (await handle(host, call, operation)));
    const handlers = answer;
    const other = await attempt(call, async () => (await faults.after(handlers)) ?? handlers);
    if (other !== handlers) [answer, handled] = [other, handlers.status];
    delivered = !faults.breaksOff;
  } catch (error) {
    if (!(error instanceof ConnectionCut)) {
      throw error;
    }
    delivered = false;
  }
  host.audit.record({
    time: new Date(started).toISOString(),
    durationMs: Date.now() - started,
    kind: call.kind,
    method: call.method,
    path: call.path,
    tenant: call.tenant?.id,
    status: answer?.status ?? 0,
    ...(handled === undefined ? {} : { handled }),
    delivered,
    requestId: call.requestId,
    clientRequestId: call.clientRequestId,
    requestBody: maskSecrets(call.body),
    response: summarize(answer?.body),
    faults: faults.ids,
    batch: call.batch,
  });
  if (answer !== undefined && faults.breaksOff && breakOff(call, toResponse(call, answer, host.clock), answer)) {
    return RESPONSE_ALREADY_SENT;
  }
  if (!delivered || answer === undefined) {
    call.bindings.incoming?.socket.destroy();
    return RESPONSE_ALREADY_SENT;
  }
  return toResponse(call, answer, host.clock);
}

/**
 * Sends status, headers and half of the body, and cuts the connection then. An answer without a body promises one: it
 * could not break off otherwise.
 *
 * @returns false where there is no connection of its own, as in a batch
 */
function breakOff({ bindings }: Call, { status, headers }: Response, answer: Answer): boolean {
  const { outgoing, incoming } = bindings;
  if (outgoing === undefined || incoming === undefined) {
    return false;
  }
  const text = textOf(answer) ?? "{}";
  const length = Buffer.byteLength(text);
  outgoing.writeHead(status === 204 ? 200 : status, { ...Object.fromEntries(headers), "content-length": length });
  outgoing.write(text.slice(0, Math.floor(text.length / 2)), () => incoming.socket.destroy());
  return true;
}

function textOf({ body, text }: Answer): string | undefined {
  return text ?? (body === undefined ? undefined : JSON.stringify(body));
}

async function handle(host: Host, call: Call, operation: Operation): Promise<Answer> {
  if (operation.anonymous === true) {
    return operation.handle(call);
  }
  const { tenant, claims } = host.tokens.verify(call.headers.get("authorization"), host.tenants);
  const roles = new Set(claims.roles.filter((role) => tenant.permissions.has(role)));
  const signed: SignedCall = { ...call, tenant, roles, app: claims.appid };
  const { permissions } = operation;
  const needed = typeof permissions === "function" ? permissions(signed) : permissions;
  if (needed !== "any" && !allows(needed, roles)) {
    throw graphErrors.forbidden();
  }
  operation.throttle?.(signed, host.throttle);
  return operation.handle(signed);
}

/** Runs a handler; what it throws becomes an answer, save for a cut connection. */
async function attempt(call: Call, run: () => Promise<Answer>): Promise<Answer> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof ConnectionCut) {
      throw error;
    }
    if (error instanceof GraphHttpError) {
      return { status: error.status, headers: { ...error.headers }, body: envelope(call, error.code, error.message) };
    }
    // A fault of the emulator itself: the message helps whoever has to find it, and nobody else listens here.
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { status: 500, body: envelope(call, "InternalServerError", `The emulator failed: ${message}`) };
  }
}

function envelope(call: Call, code: string, message: string): object {
  const innerError = {
    date: new Date().toISOString().slice(0, 19),
    "request-id": call.requestId,
    "client-request-id": call.clientRequestId,
  };
  // The token endpoint has a format of its own; its handler puts it together and only faults come here.
  return { error: { code, message, innerError } };
}

function toResponse(call: Call, answer: Answer, clock: ServiceClock): Response {
  const headers = new Headers({
    "request-id": call.requestId,
    "client-request-id": call.clientRequestId,
    Date: new Date(shownTime(clock)).toUTCString(),
    ...answer.headers,
  });
  if (answer.text !== undefined) {
    if (!headers.has("content-type")) {
      headers.set("Content-Type", "text/html; charset=utf-8");
    }
    return new Response(answer.status === 204 ? null : answer.text, { status: answer.status, headers });
  }
  if (answer.body === undefined) {
    return new Response(null, { status: answer.status, headers });
  }
  headers.set("Content-Type", contentType(call, answer.status));
  return new Response(JSON.stringify(answer.body), { status: answer.status, headers });
}

/** OData's parameters belong to what Graph answers; an error is plain JSON, as in the samples of Graph docs. */
function contentType(call: Call, status: number): string {
  if (call.version === "") {
    return "application/json; charset=utf-8";
  }
  return status >= 400
    ? "application/json"
    : "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8";
}

async function readCall(host: Host, context: EmulatorContext, operation: Operation): Promise<Call> {
  const request = context.req.raw;
  const url = new URL(request.url);
  const params = context.req.param() as Record<string, string>;
  const text = request.method === "GET" ? "" : await request.text();
  const requestId = randomUUID();
  const inPath = operation.anonymous === true ? operation.tenant?.(params) : undefined;
  const named = inPath ?? host.tokens.peek(request.headers.get("authorization"));
  return {
    kind: operation.kind,
    method: request.method,
    url,
    path: url.pathname + decodeQuery(url.search),
    origin: url.origin,
    version: params["version"] ?? "",
    params,
    query: url.searchParams,
    headers: request.headers,
    text,
    body: parseBody(text, request.headers.get("content-type") ?? ""),
    requestId,
    clientRequestId: request.headers.get("client-request-id") ?? requestId,
    tenant: named === undefined ? undefined : findTenant(host.tenants, named),
    batch: context.env.batch,
    bindings: context.env,
  };
}

/** A tenant by id or domain. */
export function findTenant(tenants: ReadonlyMap<string, Tenant>, name: string): Tenant | undefined {
  const key = name.toLowerCase();
  return tenants.get(key) ?? [...tenants.values()].find((tenant) => tenant.domain.toLowerCase() === key);
}

/** Readable in the log and easy to match; a malformed escape stays as it is. */
function decodeQuery(search: string): string {
  try {
    return decodeURIComponent(search.replaceAll("+", " "));
  } catch {
    return search;
  }
}

function parseBody(text: string, contentType: string): unknown {
  if (text === "") {
    return undefined;
  }
  if (contentType.includes("application/x-www-form-urlencoded")) {
    return Object.fromEntries(new URLSearchParams(text));
  }
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
