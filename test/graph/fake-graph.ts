import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { resolveSettings, type ConnectionSettings, type RequestEvent } from "../../provider/dist/graph/index.js";
import { createGraph, type Graph, type GraphOptions } from "../../provider/dist/graph/index.js";

export const TENANT = "11111111-2222-4333-8444-555555555555";
export const SECRET = "S3cret~value.that-must-not-show";

/** What to answer to one request. */
export interface Reply {
  /** @default 200 */
  status?: number;
  headers?: Record<string, string>;
  /** An object is sent as JSON, a string as it is. */
  body?: unknown;
  /** Cuts the connection before any answer, or in the middle of one; or does not answer at all. */
  fault?: "cut" | "break off" | "hang";
}

/** A request that came in. */
export interface Seen {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingMessage["headers"];
  body: string;
}

/**
 * A server that answers what it was told to, one reply after the other, and signs in whoever asks. Much less than the
 * emulator, on purpose: it can also answer what no Graph would.
 */
export class FakeGraph {
  /** Requests to Graph, in order. */
  readonly seen: Seen[] = [];
  /** Bodies of the requests for a token. */
  readonly tokenRequests: URLSearchParams[] = [];
  /** Answers to the next requests for a token; when empty, `token-1`, `token-2` and so on are given. */
  readonly tokenReplies: Reply[] = [];
  readonly replies: Reply[] = [];
  /** Answers requests for which no reply is left. */
  onRequest: (seen: Seen) => Reply | undefined = () => undefined;
  /** Called when a request comes in that will not be answered. */
  onHang: () => void = () => undefined;
  url = "";
  #server: Server | undefined;

  static async start(): Promise<FakeGraph> {
    const fake = new FakeGraph();
    const server = createServer((request, response) => void fake.handle(request, response));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    fake.#server = server;
    fake.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return fake;
  }

  async close(): Promise<void> {
    const server = this.#server;
    server?.closeAllConnections();
    await new Promise((resolve) => server?.close(resolve));
  }

  answer(...replies: Reply[]): void {
    this.replies.push(...replies);
  }

  settings(env: NodeJS.ProcessEnv = {}): ConnectionSettings {
    return resolveSettings({
      ARM_TENANT_ID: TENANT,
      ARM_CLIENT_ID: "app",
      ARM_CLIENT_SECRET: SECRET,
      ENTRA_PASSKEYS_ENDPOINT: this.url,
      ...env,
    });
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = "";
    for await (const chunk of request) body += String(chunk);
    const url = new URL(request.url ?? "/", this.url);
    if (url.pathname.endsWith("/oauth2/v2.0/token")) {
      this.tokenRequests.push(new URLSearchParams(body));
      const token = `token-${this.tokenRequests.length}`;
      const reply = this.tokenReplies.shift() ?? { body: { access_token: token, expires_in: 3600 } };
      return this.send(reply, request, response);
    }
    const { method = "", headers } = request;
    const seen = { method, path: url.pathname, query: url.searchParams, headers, body };
    this.seen.push(seen);
    const reply = this.replies.shift() ?? this.onRequest(seen) ?? { status: 501, body: "no reply is left" };
    return this.send(reply, request, response);
  }

  private send(reply: Reply, request: IncomingMessage, response: ServerResponse): void {
    if (reply.fault === "cut") return void request.socket.destroy();
    if (reply.fault === "hang") return this.onHang();
    const text = typeof reply.body === "string" ? reply.body : JSON.stringify(reply.body ?? {});
    const id = `server-${this.seen.length}`;
    const status = reply.status ?? 200;
    // The time of a test is not this machine's.
    response.sendDate = false;
    response.writeHead(status, { "content-type": "application/json", "request-id": id, ...reply.headers });
    if (reply.fault === "break off") {
      response.write(text.slice(0, 5), () => request.socket.destroy());
      return;
    }
    response.end(status === 204 ? undefined : text);
  }
}

/** A client of the fake, with a clock that only moves when somebody sleeps. */
export interface Rig {
  fake: FakeGraph;
  graph: Graph;
  /** Pauses taken, in milliseconds. */
  pauses: number[];
  events: RequestEvent[];
  clock: { now: number };
}

export function rig(fake: FakeGraph, options: GraphOptions = {}, env: NodeJS.ProcessEnv = {}): Rig {
  const pauses: number[] = [];
  const events: RequestEvent[] = [];
  const clock = { now: Date.parse("2026-06-01T00:00:00Z") };
  const graph = createGraph(fake.settings(env), {
    onRequest: (event) => events.push(event),
    ...options,
    surroundings: {
      now: () => clock.now,
      sleep: (ms) => {
        pauses.push(ms);
        clock.now += ms;
        return Promise.resolve();
      },
      random: () => 0,
      deadline: () => new AbortController().signal,
      ...options.surroundings,
    },
  });
  return { fake, graph, pauses, events, clock };
}

/** What a tenant with profiles answers. */
export function policy(changes: Record<string, unknown> = {}): Record<string, unknown> {
  const keyRestrictions = { isEnforced: false, enforcementType: "block", aaGuids: [] };
  return {
    "@odata.context": "https://graph.microsoft.com/v1.0/$metadata#authenticationMethodConfigurations/$entity",
    "@odata.type": "#microsoft.graph.fido2AuthenticationMethodConfiguration",
    id: "Fido2",
    state: "enabled",
    isSelfServiceRegistrationAllowed: true,
    isAttestationEnforced: false,
    keyRestrictions,
    defaultPasskeyProfile: "00000000-0000-0000-0000-000000000001",
    excludeTargets: [],
    includeTargets: [
      {
        targetType: "group",
        id: "all_users",
        isRegistrationRequired: false,
        allowedPasskeyProfiles: ["00000000-0000-0000-0000-000000000001"],
      },
    ],
    passkeyProfiles: [
      {
        id: "00000000-0000-0000-0000-000000000001",
        name: "Default passkey profile",
        passkeyTypes: "deviceBound,synced",
        attestationEnforcement: "disabled",
        keyRestrictions,
      },
    ],
    ...changes,
  };
}

/** An answer in Graph's error envelope. */
export function refusal(status: number, code: string, message: string, headers: Record<string, string> = {}): Reply {
  return { status, headers, body: { error: { code, message, innerError: {} } } };
}

/** The error that a promise ends with, which has to be of exactly that class. */
export async function failure<T extends Error>(
  promise: Promise<unknown>,
  type: new (...args: never[]) => T,
): Promise<T> {
  const error = await promise.then(
    () => assert.fail("it did not fail"),
    (error: unknown) => error,
  );
  assert.ok(error instanceof type, `${type.name} expected, but: ${String(error)}`);
  assert.equal(error.name, type.name);
  return error;
}
