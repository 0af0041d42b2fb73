import assert from "node:assert/strict";
import {
  Client,
  GraphError,
  HTTPMessageHandler,
  RetryHandler,
  RetryHandlerOptions,
} from "@microsoft/microsoft-graph-client";
import type { Context, Middleware } from "@microsoft/microsoft-graph-client";
import { startEmulator } from "../../provider/dist/emulator/index.js";
import type { Emulator, EmulatorOptions, RenderedFido2Policy } from "../../provider/dist/emulator/index.js";

export const FIDO2 = "/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/fido2";
export const REPORT = "/reports/authenticationMethods/userRegistrationDetails";
export const FIDO2_TYPE = "#microsoft.graph.fido2AuthenticationMethodConfiguration";
export const DEFAULT_PROFILE = "00000000-0000-0000-0000-000000000001";
export const AAGUID_A = "2fc0579f-8113-47ea-b116-bb5a8db9202a";
export const AAGUID_B = "a25342c0-3cdc-4414-8e46-f4807fca511c";
export const AAGUID_C = "90a3ccdf-635c-4729-a248-9b709135078f";

/** Adds the token: the client's own handler refuses to send one over http. */
class TokenHandler implements Middleware {
  readonly token: () => string;
  next: Middleware | undefined;

  constructor(token: () => string, next: Middleware) {
    this.token = token;
    this.next = next;
  }

  async execute(context: Context): Promise<void> {
    const headers = new Headers(context.options?.headers as Record<string, string> | undefined);
    headers.set("authorization", `Bearer ${this.token()}`);
    context.options = { ...context.options, headers: Object.fromEntries(headers) };
    await this.next?.execute(context);
  }
}

/** Microsoft's own client against the emulator. `retries` counts its own retries of 429, 503 and 504. */
export function graphClient(
  emulator: Emulator,
  options: { tenant?: string; permissions?: string[]; retries?: number; token?: () => string } = {},
): Client {
  const token = emulator.token(options.tenant, options.permissions);
  const http = new HTTPMessageHandler();
  const retry = new RetryHandler(new RetryHandlerOptions(0, options.retries ?? 0));
  retry.setNext(http);
  const middleware = new TokenHandler(options.token ?? (() => token), retry);
  return Client.initWithMiddleware({ middleware, baseUrl: emulator.url });
}

/** Reads the policy through Microsoft's client. */
export async function readPolicy(client: Client): Promise<RenderedFido2Policy> {
  return (await client.api(FIDO2).get()) as RenderedFido2Policy;
}

/** Writes the policy through Microsoft's client. */
export async function patchPolicy(client: Client, members: object): Promise<void> {
  const answer: unknown = await client.api(FIDO2).patch({ "@odata.type": FIDO2_TYPE, ...members });
  assert.equal(answer, undefined, "204 has no body");
}

/** Expects the promise to fail with an error of Graph. */
export async function rejectsWith(promise: Promise<unknown>, status: number, code?: string): Promise<GraphError> {
  try {
    await promise;
  } catch (error) {
    assert.ok(error instanceof GraphError, String(error));
    assert.equal(error.statusCode, status, error.message);
    if (code !== undefined) {
      assert.equal(error.code, code, error.message);
    }
    return error;
  }
  return assert.fail(`expected ${status} ${code ?? ""}, but the request was answered`);
}

/** An emulator for each test of a suite, closed after it. */
export function emulatorForEach(options: EmulatorOptions = {}): { readonly current: Emulator } {
  const holder: { emulator?: Emulator } = {};
  beforeEach(async () => {
    holder.emulator = await startEmulator(options);
  });
  afterEach(async () => {
    await holder.emulator?.close();
  });
  return {
    get current(): Emulator {
      assert.ok(holder.emulator);
      return holder.emulator;
    },
  };
}

/** Sends a request without any client in between. */
export async function send(
  emulator: Emulator,
  method: string,
  path: string,
  options: { body?: unknown; headers?: Record<string, string>; token?: string | null } = {},
): Promise<{ status: number; headers: Headers; body: Record<string, unknown> }> {
  const token = options.token === undefined ? emulator.token() : options.token;
  const response = await fetch(emulator.url + path, {
    method,
    headers: {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(options.body === undefined ? {} : { "content-type": "application/json" }),
      ...options.headers,
    },
    ...(options.body === undefined
      ? {}
      : { body: typeof options.body === "string" ? options.body : JSON.stringify(options.body) }),
  });
  const text = await response.text();
  const body = text === "" ? {} : (JSON.parse(text) as Record<string, unknown>);
  return { status: response.status, headers: response.headers, body };
}

/** The error inside Graph's envelope. */
export function errorOf(body: Record<string, unknown>): { code: string; message: string; innerError: object } {
  return body["error"] as { code: string; message: string; innerError: object };
}

/** A profile with every member. */
export function profile(id: string, changes: object = {}): Record<string, unknown> & { id: string } {
  return {
    id,
    name: `profile ${id.slice(0, 4)}`,
    passkeyTypes: "deviceBound",
    attestationEnforcement: "disabled",
    keyRestrictions: { isEnforced: false, enforcementType: "allow", aaGuids: [] },
    ...changes,
  };
}

/** A target of everyone. */
export function everyone(...profiles: string[]): object {
  return {
    targetType: "group",
    id: "all_users",
    isRegistrationRequired: false,
    allowedPasskeyProfiles: profiles,
  };
}
