import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { ConnectionCut, graphErrors } from "../errors.js";
import type { Answer, Bindings, SignedCall } from "../http/call.js";

/** Most requests in one batch. */
const MOST_REQUESTS = 20;

interface BatchRequest {
  id: string;
  method: string;
  url: string;
  headers: Record<string, string>;
  body: unknown;
  dependsOn: string[];
}

interface BatchResponse {
  id: string;
  status: number;
  headers: Record<string, string>;
  body?: unknown;
}

/** Sends a request of the batch through the whole emulator. */
export type Dispatch = (request: Request, bindings: Bindings) => Response | Promise<Response>;

/**
 * `POST /$batch`: up to 20 requests, answered with 200 although some may have failed. Each meets faults and the audit
 * log by itself. A request whose dependency failed answers 424.
 *
 * @see https://learn.microsoft.com/graph/json-batching
 */
export async function runBatch(call: SignedCall, dispatch: Dispatch): Promise<Answer> {
  const requests = readBatch(call.body);
  const answered = new Map<string, BatchResponse>();
  for (const request of requests) {
    const failed = request.dependsOn.some((id) => (answered.get(id)?.status ?? 424) >= 400);
    answered.set(request.id, failed ? dependencyFailed(request) : await runOne(call, request, dispatch));
  }
  const responses = [...answered.values()];
  if (call.tenant.effectiveSwitches.batchResponseOrder === "reversed") {
    responses.reverse();
  }
  return { status: 200, body: { responses } };
}

async function runOne(call: SignedCall, request: BatchRequest, dispatch: Dispatch): Promise<BatchResponse> {
  const headers = new Headers(request.headers);
  headers.set("authorization", call.headers.get("authorization") ?? "");
  headers.set("host", call.url.host);
  const init: RequestInit = { method: request.method, headers };
  if (request.body !== undefined && request.method !== "GET") {
    init.body = JSON.stringify(request.body);
  }
  const url = `${call.origin}/${call.version}/${request.url.replace(/^\/+/, "")}`;
  const response = await dispatch(new Request(url, init), { ...call.bindings, batch: call.requestId });
  if (response === RESPONSE_ALREADY_SENT) {
    throw new ConnectionCut("a request of the batch cut the connection");
  }
  const text = await response.text();
  return {
    id: request.id,
    status: response.status,
    headers: batchHeaders(response.headers),
    ...(text === "" ? {} : { body: parsed(text) }),
  };
}

/** What is no JSON, as a fault may make it, is passed on as a text. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function batchHeaders(headers: Headers): Record<string, string> {
  const names: Record<string, string> = { "content-type": "Content-Type", "retry-after": "Retry-After" };
  return Object.fromEntries([...headers].flatMap(([name, value]) => (names[name] ? [[names[name], value]] : [])));
}

function dependencyFailed(request: BatchRequest): BatchResponse {
  const error = { code: "FailedDependency", message: "A request that this one depends on failed." };
  return { id: request.id, status: 424, headers: { "Content-Type": "application/json" }, body: { error } };
}

function readBatch(body: unknown): BatchRequest[] {
  const requests: unknown = (body as { requests?: unknown } | undefined)?.requests;
  if (!Array.isArray(requests) || requests.length === 0 || requests.length > MOST_REQUESTS) {
    throw graphErrors.badRequest(`requests has to be an array of 1 to ${MOST_REQUESTS} requests.`);
  }
  const read = requests.map(readRequest);
  read.forEach((request, index) => {
    const earlier = read.slice(0, index).map((other) => other.id);
    if (earlier.includes(request.id)) {
      throw graphErrors.badRequest(`The request id '${request.id}' is used twice.`);
    }
    const unknown = request.dependsOn.find((id) => !earlier.includes(id));
    if (unknown !== undefined) {
      throw graphErrors.badRequest(`Request '${request.id}' depends on '${unknown}', which does not come before it.`);
    }
  });
  return read;
}

function readRequest(value: unknown): BatchRequest {
  const request = (value ?? {}) as Record<string, unknown>;
  const { id, method, url, headers = {}, body, dependsOn = [] } = request;
  if (typeof id !== "string" || typeof method !== "string" || typeof url !== "string" || !Array.isArray(dependsOn)) {
    throw graphErrors.badRequest("Every request of a batch needs id, method and url.");
  }
  return {
    id,
    method: method.toUpperCase(),
    url,
    headers: headers as Record<string, string>,
    body,
    dependsOn: dependsOn.map(String),
  };
}
