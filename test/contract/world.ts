import type { Emulator, TenantHandle } from "../../provider/dist/emulator/index.js";
import { graphError } from "./published/envelopes.ts";
import { deviations, listDeviations, plainDeviations, type Asked } from "./shape/check.ts";
import type { Structure, Version } from "./shape/type.ts";

/** What an answer has to be. */
export type Expected =
  | { status: 200 | 201; shape: Structure; select?: readonly string[] }
  | { status: 200; list: Structure; select?: readonly string[]; counted?: boolean }
  /** Without a body. */
  | { status: 204 }
  /** Graph's error envelope; the code only where it is published. */
  | { status: 400 | 401 | 403 | 404 | 405 | 409 | 429 | 500 | 501 | 503 | 504; code?: string; retryAfter?: boolean };

/** What is sent besides the path. */
export interface Sent {
  body?: unknown;
  headers?: Record<string, string>;
  /** Default: a good token with all permissions; null sends none. */
  token?: string | null;
}

/** One answer that was looked at, for the tests that ask again in other ways. */
export interface Question {
  route: string;
  method: string;
  path: string;
  body?: unknown;
}

/** One tenant of one seed in one version of Graph: asks, compares, and collects what deviates. */
export class World {
  readonly found: string[] = [];
  readonly questions: Question[] = [];

  readonly emulator: Emulator;
  readonly tenant: TenantHandle;
  readonly version: Version;

  constructor(emulator: Emulator, tenant: TenantHandle, version: Version) {
    this.emulator = emulator;
    this.tenant = tenant;
    this.version = version;
  }

  /**
   * Asks one route.
   *
   * @param route the contract's name of it, such as `GET /groups/:id`, which the path has to fit
   * @param path without the version
   * @returns the body, for the questions that follow from it
   */
  async ask(route: string, path: string, expected: Expected, sent: Sent = {}): Promise<Record<string, unknown>> {
    const method = route.split(" ")[0] ?? "";
    const at = `${method} /${this.version}${path} (${this.tenant.displayName})`;
    if (!fits(route, path)) {
      throw new Error(`${at} is no ${route}`);
    }
    this.questions.push({ route, method, path, ...(sent.body === undefined ? {} : { body: sent.body }) });
    const response = await this.#send(method, path, sent);
    const text = await response.text();
    const body = text === "" ? undefined : (JSON.parse(text) as Record<string, unknown>);
    const found = this.#compare(response, body, expected);
    if (expected.status === 201) {
      found.push(
        ...locationDeviations(response, `${this.emulator.url}/${this.version}${path}/${String(body?.["id"])}`),
      );
    }
    this.#note(at, found);
    return body ?? {};
  }

  /**
   * Asks a route whose answer has no `@odata.context`, under an address of its own.
   *
   * @param path with the version, where there is one
   * @param check finds what deviates
   */
  async askPlain(
    route: string,
    path: string,
    init: RequestInit,
    check: (response: Response, body: unknown) => string[],
  ): Promise<void> {
    const method = route.split(" ")[0] ?? "";
    const inVersion = path.startsWith(`/${this.version}/`) ? path.slice(this.version.length + 1) : path;
    if (!fits(route, inVersion)) {
      throw new Error(`${method} ${path} is no ${route}`);
    }
    this.questions.push({ route, method, path: inVersion });
    const response = await fetch(this.emulator.url + path, { ...init, method });
    const text = await response.text();
    const found = check(response, text === "" ? undefined : JSON.parse(text));
    this.#note(`${method} ${path} (${this.tenant.displayName})`, found);
  }

  /** One line for the items of a list that deviate in the same way. */
  #note(at: string, found: string[]): void {
    const kinds = new Set(found.map((line) => line.replace(/\[\d+\]/g, "[]")));
    this.found.push(...[...kinds].map((line) => `${at}: ${line}`));
  }

  #send(method: string, path: string, { body, headers, token }: Sent): Promise<Response> {
    const used = token === undefined ? this.emulator.token(this.tenant.id) : token;
    return fetch(`${this.emulator.url}/${this.version}${path}`, {
      method,
      headers: {
        ...(used === null ? {} : { authorization: `Bearer ${used}` }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
  }

  #compare(response: Response, body: Record<string, unknown> | undefined, expected: Expected): string[] {
    if (response.status !== expected.status) {
      return [`expected ${expected.status}, got ${response.status} ${JSON.stringify(body)?.slice(0, 300)}`];
    }
    const found = headerDeviations(response, body !== undefined);
    const asked: Asked = {
      version: this.version,
      origin: this.emulator.url,
      ...("select" in expected && expected.select !== undefined ? { select: expected.select } : {}),
    };
    if ("shape" in expected) {
      found.push(...deviations(body, expected.shape, asked));
    } else if ("list" in expected) {
      found.push(...listDeviations(body, expected.list, asked, expected.counted));
    } else if (expected.status === 204) {
      found.push(...(body === undefined ? [] : ["204 has a body"]));
    } else {
      found.push(...errorDeviations(response, body, expected));
    }
    return found;
  }
}

/** Whether a path is one of a route with parameters in the form of the router. */
export function fits(route: string, path: string): boolean {
  const pattern = (route.split(" ")[1] ?? "")
    .split("/")
    .map((segment) =>
      segment.startsWith(":") ? (/\{(.+)\}$/.exec(segment)?.[1] ?? "[^/]+") : segment.replace("$", "\\$"),
    )
    .join("/");
  return new RegExp(`^${pattern}$`).test(path.split("?")[0] ?? "");
}

/** Every answer of Graph has both ids and a date, and one with a body says that it is JSON. */
export function headerDeviations({ headers, status }: Response, hasBody: boolean): string[] {
  const found = ["request-id", "client-request-id", "date"].flatMap((name) =>
    headers.get(name) ? [] : [`header ${name}: missing`],
  );
  const type = headers.get("content-type") ?? "";
  if (!hasBody) {
    return type === "" ? found : [...found, `header content-type: ${type} without a body`];
  }
  // Samples: OData's parameters are those of an answer, an error is plain JSON.
  const right =
    status < 400 ? /^application\/json;odata\.metadata=minimal;/ : /^application\/json(;\s*charset=utf-8)?$/;
  return right.test(type) ? found : [...found, `header content-type: got ${type}`];
}

/** The envelope of an error, its ids, and what the status calls for. */
export function errorDeviations(
  { headers, status }: Response,
  body: unknown,
  expected: { code?: string; retryAfter?: boolean } = {},
): string[] {
  const found = plainDeviations(body, graphError);
  const error = (body as { error?: { code?: string; innerError?: Record<string, unknown> } } | undefined)?.error;
  for (const id of ["request-id", "client-request-id"]) {
    if (error?.innerError?.[id] !== headers.get(id)) {
      found.push(`error.innerError.${id}: is not the one of the header`);
    }
  }
  if (expected.code !== undefined && error?.code !== expected.code) {
    found.push(`error.code: expected ${expected.code}, got ${String(error?.code)}`);
  }
  if (status === 401 && !/^Bearer /.test(headers.get("www-authenticate") ?? "")) {
    found.push("header www-authenticate: missing");
  }
  const wait = headers.get("retry-after");
  if (expected.retryAfter !== undefined && expected.retryAfter !== (wait !== null)) {
    found.push(`header retry-after: ${wait === null ? "missing" : `got ${wait}`}`);
  }
  return found;
}

/** OData: 201 tells where the new object is. */
function locationDeviations({ headers }: Response, expected: string): string[] {
  const location = headers.get("location");
  return location === expected ? [] : [`header location: expected ${expected}, got ${String(location)}`];
}
