import type { Fido2Policy } from "../policy/model.js";
import type { Cloud } from "./clouds.js";
import type { MethodPolicy, StrengthRequirement } from "../policy/index.js";
import { readAccounts, type AccountKind, type AccountRecord } from "./accounts.js";
import { readFido2Methods, type Fido2MethodsAnswer, type Fido2MethodsOptions } from "./fido2Methods.js";
import { findGroups, readUserMembers, type GroupQuery, type GroupRecord } from "./groups.js";
import { inspection, type InspectionGraph } from "./inspection.js";
import { readMembers, type MemberRecord } from "./members.js";
import { readMethodPolicies } from "./methodPolicies.js";
import type { GraphOptions, ReadOptions } from "./options.js";
import { readRegistrationReport, readRegistrations, reportPace } from "./registrationReport.js";
import type { OnReportPage, RegistrationRow } from "./registrationReport.js";
import { readStrengthRequirements } from "./strengths.js";
import type { CustomStrength } from "../policy/customStrength.js";
import * as strengths from "./customStrengths.js";
import { patchTemporaryAccessPass, readTemporaryAccessPass } from "./temporaryAccessPass.js";
import type { TemporaryAccessPass } from "../policy/temporaryAccessPass.js";
import { readUserNames } from "./userNames.js";
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
  /** See {@link readMembers}. */
  readMembers(groupId: string, options?: ReadOptions): Promise<MemberRecord[]>;
  /** See {@link readFido2Methods}. */
  readFido2Methods(
    userIds: Iterable<string>,
    onEach: (answer: Fido2MethodsAnswer) => void | Promise<void>,
    options?: Fido2MethodsOptions,
  ): Promise<void>;
  /** See {@link readRegistrationReport}. */
  readRegistrationReport(onPage: OnReportPage, options?: ReadOptions): Promise<void>;
  /** See {@link readRegistrations}. */
  readRegistrations(
    userIds: Iterable<string>,
    onRow: (row: RegistrationRow) => void,
    options?: ReadOptions,
  ): Promise<void>;
  /** See {@link readAccounts}. */
  readAccounts(kind: AccountKind, options?: ReadOptions): Promise<AccountRecord[]>;
  /** See {@link readUserNames}. */
  readUserNames(
    userIds: Iterable<string>,
    onEach: (user: string, name: string) => void,
    options?: ReadOptions,
  ): Promise<void>;
  /** See {@link readMethodPolicies}. */
  readMethodPolicies(): Promise<MethodPolicy[]>;
  /** See {@link readStrengthRequirements}. */
  readStrengthRequirements(): Promise<StrengthRequirement[]>;
  /** See {@link readTemporaryAccessPass}. */
  readTemporaryAccessPass(): Promise<TemporaryAccessPass>;
  /** See {@link patchTemporaryAccessPass}. */
  patchTemporaryAccessPass(members: Partial<TemporaryAccessPass>): Promise<void>;
  /** Authentication strengths, and what changes custom ones. */
  readonly strengths: StrengthsGraph;
  /** Small reads that tell what may be read, and whom the token is for. */
  readonly inspect: InspectionGraph;
  /** The clock of this client, in milliseconds since 1970. */
  now(): number;
  /** Requests to Graph so far, counted attempt by attempt; sign-in requests are not counted. */
  readonly requests: RequestCounter;
}

/** See the functions of the same names in `customStrengths.ts`. */
export interface StrengthsGraph {
  list(): Promise<CustomStrength[]>;
  create(strength: strengths.NewStrength): Promise<string>;
  patch(id: string, members: Parameters<typeof strengths.patchStrength>[2]): Promise<void>;
  updateAllowedCombinations(id: string, allowedCombinations: readonly string[]): Promise<void>;
  limitToModels(id: string, configuration: string | undefined, allowedAAGUIDs: readonly string[]): Promise<void>;
  removeLimit(id: string, configuration: string): Promise<void>;
  delete(id: string): Promise<void>;
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
  const pace = reportPace(transport);
  return {
    tenantId: settings.tenantId,
    cloud: settings.cloud,
    readPasskeyPolicy: () => readPasskeyPolicy(transport, settings),
    patchPasskeyPolicy: (body, patchOptions) => patchPasskeyPolicy(transport, settings, body, patchOptions),
    findGroups: (query) => findGroups(transport, query),
    readUserMembers: (groupId) => readUserMembers(transport, groupId),
    readMembers: (groupId, readOptions) => readMembers(transport, groupId, readOptions),
    readFido2Methods: (userIds, onEach, readOptions) => readFido2Methods(transport, userIds, onEach, readOptions),
    readRegistrationReport: (onPage, readOptions) => readRegistrationReport(transport, pace, onPage, readOptions),
    readRegistrations: (userIds, onRow, readOptions) => readRegistrations(transport, pace, userIds, onRow, readOptions),
    readAccounts: (kind, readOptions) => readAccounts(transport, kind, readOptions),
    readUserNames: (userIds, onEach, readOptions) => readUserNames(transport, userIds, onEach, readOptions),
    readMethodPolicies: () => readMethodPolicies(transport),
    readStrengthRequirements: () => readStrengthRequirements(transport),
    readTemporaryAccessPass: () => readTemporaryAccessPass(transport),
    patchTemporaryAccessPass: (members) => patchTemporaryAccessPass(transport, members),
    strengths: {
      list: () => strengths.listStrengths(transport),
      create: (strength) => strengths.createStrength(transport, strength),
      patch: (id, members) => strengths.patchStrength(transport, id, members),
      updateAllowedCombinations: (id, allowed) => strengths.updateAllowedCombinations(transport, id, allowed),
      limitToModels: (id, configuration, allowed) => strengths.limitToModels(transport, id, configuration, allowed),
      removeLimit: (id, configuration) => strengths.removeLimit(transport, id, configuration),
      delete: (id) => strengths.deleteStrength(transport, id),
    },
    inspect: inspection(transport),
    now: () => transport.surroundings.now(),
    requests: transport.requests,
  };
}
