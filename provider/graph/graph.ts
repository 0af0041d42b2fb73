import type { Fido2Policy } from "../policy/model.js";
import type { Cloud } from "./clouds.js";
import { findGroups, readUserMembers, type GroupQuery, type GroupRecord } from "./groups.js";
import type { GraphOptions } from "./options.js";
import { patchPasskeyPolicy, readPasskeyPolicy, type PatchOptions } from "./policy.js";
import type { ConnectionSettings } from "./settings.js";
import { Transport, type RequestCounter } from "./transport.js";

/** What this provider asks of one tenant's Microsoft Graph. Every failure is a typed error of `errors.ts`. */
export interface Graph {
  /** GUID in lower case. */
  readonly tenantId: string;
  readonly cloud: Cloud;
  /** See {@link readPasskeyPolicy}. */
  readPasskeyPolicy(): Promise<Fido2Policy>;
  /** See {@link patchPasskeyPolicy}. */
  patchPasskeyPolicy(body: Readonly<Record<string, unknown>>, options?: PatchOptions): Promise<void>;
  /** See {@link findGroups}. */
  findGroups(query: GroupQuery): Promise<GroupRecord[]>;
  /** See {@link readUserMembers}. */
  readUserMembers(groupId: string): Promise<string[]>;
  /** Requests to Graph so far, counted attempt by attempt; sign-in requests are not counted. */
  readonly requests: RequestCounter;
}

/**
 * The Graph of one tenant. Nothing is loaded, signed in to or sent before the first request.
 *
 * @example
 * const graph = createGraph(resolveSettings(process.env));
 * const policy = await graph.readPasskeyPolicy();
 */
export function createGraph(settings: ConnectionSettings, options: GraphOptions = {}): Graph {
  const transport = new Transport(settings, options);
  return {
    tenantId: settings.tenantId,
    cloud: settings.cloud,
    readPasskeyPolicy: () => readPasskeyPolicy(transport, settings),
    patchPasskeyPolicy: (body, patchOptions) => patchPasskeyPolicy(transport, settings, body, patchOptions),
    findGroups: (query) => findGroups(transport, query),
    readUserMembers: (groupId) => readUserMembers(transport, groupId),
    requests: transport.requests,
  };
}
