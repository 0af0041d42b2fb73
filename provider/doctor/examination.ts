import { resolve } from "node:path";
import { createGraph, type ConnectionSettings } from "../graph/index.js";
import { readInventoryFile, type FileInventory } from "../impact/index.js";
import { readTemporaryAccessPassPolicy } from "../policy/access/index.js";
import { ALL_USERS, normalizePolicy, type Fido2Policy } from "../policy/index.js";
import { valueOf } from "./answer.js";
import { checkEmergency } from "./breakGlass.js";
import { checkClock, type ClockReading } from "./clock.js";
import { readDeclared, type Declared, type StackText } from "./declared.js";
import { engineFacts } from "./engineFacts.js";
import { checkExclusive } from "./exclusive.js";
import { GROUPS, notesOf, sentences, type Finding, type Group, type Purpose } from "./findings.js";
import { checkFirstKey } from "./firstKey.js";
import { checkLicences } from "./licences.js";
import { checkPermissions } from "./permissions.js";
import { checkPolicy } from "./policy.js";
import { readProgram, type ProgramFacts } from "./program.js";
import { readTenant, signIn, type TenantReads } from "./reads.js";
import { checkSettings } from "./settings.js";
import { checkToken, signInFailed } from "./signIn.js";
import { checkVersions } from "./versions.js";

/** What to examine, and how. */
export interface ExaminationOptions {
  readonly env: NodeJS.ProcessEnv;
  /** What somebody wants to do. */
  readonly purposes: readonly Purpose[];
  /** Folder of a program, whose selected stack is asked. */
  readonly program?: string | undefined;
  /** Its stack. Default: the one that is selected. */
  readonly stack?: string | undefined;
  /** States and previews of stacks. */
  readonly stacks?: readonly StackText[] | undefined;
  /** Emergency accounts: object ids, user principal names, or names of groups. */
  readonly breakGlass?: readonly string[] | undefined;
  /** Who has which passkeys and methods. `maxAge` in hours. */
  readonly inventory?: { readonly path: string; readonly maxAge: number } | undefined;
  /** Leave out what needs Graph. Default false. */
  readonly offline?: boolean | undefined;
  /** How long the sign-in, one request with its repetitions, or one program may take, in milliseconds. Default 20000. */
  readonly timeoutMs?: number | undefined;
  /** The clock of this machine, in milliseconds since 1970. Default `Date.now`. */
  readonly now?: (() => number) | undefined;
  readonly onStep?: ((what: string) => void) | undefined;
}

/** What was found. Nobody's name and no secret is in it. */
export interface Examination {
  /** GUID; absent where the settings name none. */
  readonly tenant?: string;
  /** For people. */
  readonly cloud?: string;
  readonly purposes: readonly Purpose[];
  /** In the order of {@link GROUPS}. */
  readonly findings: readonly Finding[];
  /** Requests to Graph, sign-in not counted. None of them writes. */
  readonly requests: number;
}

const TIMEOUT_MS = 20_000;

/** Looks at settings, sign-in, permissions, policy, machine and people's way in. Reads only, and writes nothing anywhere. */
export async function examine(options: ExaminationOptions): Promise<Examination> {
  const { env, purposes, timeoutMs = TIMEOUT_MS, now = Date.now, onStep = () => {} } = options;
  onStep("Looking at settings and versions");
  const engine = engineFacts(env, resolve(options.program ?? "."), timeoutMs);
  const findings: Finding[] = [];
  const program = await openProgram(options, timeoutMs, findings);
  const declared = declaredBy(options, program, findings);
  const settings = checkSettings(env, program?.config, program?.encrypted);
  findings.push(...settings.findings, ...checkVersions(await engine, purposes, now()));
  const { connection } = settings;
  const inventory = connection && openInventory(options, connection.tenantId, now(), findings);
  if (connection !== undefined && declared !== undefined) findings.push(...otherTenants(declared, connection));
  const ask = { options, declared, inventory, timeoutMs, now, onStep };
  const requests =
    connection === undefined
      ? leftOut(findings, "without settings that suffice there is no tenant to ask", "Mend the settings first")
      : options.offline === true
        ? leftOut(findings, "--offline leaves it out", "Run it without --offline")
        : await examineTenant(connection, ask, findings);
  return {
    ...(connection !== undefined && { tenant: connection.tenantId, cloud: connection.cloud.title }),
    purposes,
    findings: GROUPS.flatMap((group) => findings.filter((one) => one.group === group)),
    requests,
  };
}

async function openProgram(
  { program, stack, env }: ExaminationOptions,
  timeoutMs: number,
  findings: Finding[],
): Promise<ProgramFacts | undefined> {
  if (program === undefined) return undefined;
  try {
    return await readProgram(program, stack, env, timeoutMs);
  } catch (error) {
    const next = "Select a stack in the folder, or give its state or preview with --stack-file";
    findings.push(notesOf("settings").error("--program", (error as Error).message, next));
    return undefined;
  }
}

function declaredBy(
  { stacks = [] }: ExaminationOptions,
  program: ProgramFacts | undefined,
  findings: Finding[],
): Declared | undefined {
  const all = [...(program === undefined ? [] : [program.stack]), ...stacks];
  if (all.length === 0) return undefined;
  const notes = notesOf("settings");
  try {
    const declared = readDeclared(all);
    const names = all.map(({ from }) => from).join(", ");
    const next = "Give the preview of a stack that was never updated: `pulumi preview --json --show-sames`";
    findings.push(
      declared.resources.size === 0
        ? notes.warning("program", `${names}: no resource of this package is in it`, next)
        : notes.ok("program", `${names}: ${[...declared.resources].sort().join(", ")}`),
    );
    return declared;
  } catch (error) {
    const { says, next } = sentences((error as Error).message);
    findings.push(notes.error("--stack-file", says, next));
    return undefined;
  }
}

function otherTenants({ tenants }: Declared, { tenantId }: ConnectionSettings): Finding[] {
  const foreign = [...tenants].filter((tenant) => tenant !== tenantId);
  if (foreign.length === 0) return [];
  const says = `its resources belong to the tenant ${foreign.join(" and ")}, and the settings name ${tenantId}`;
  return [
    notesOf("settings").error("program", says, "Use the settings of that tenant: one stack belongs to one tenant"),
  ];
}

function openInventory(
  { inventory }: ExaminationOptions,
  tenantId: string,
  now: number,
  findings: Finding[],
): FileInventory | undefined {
  if (inventory === undefined) return undefined;
  const notes = notesOf("settings");
  try {
    const file = readInventoryFile(inventory.path, { tenantId, maxAge: inventory.maxAge, now });
    const says = `${file.people.length} people, ${Math.round(file.ageHours)} hours old`;
    findings.push(notes.ok("--inventory", says));
    return file;
  } catch (error) {
    const { says, next } = sentences((error as Error).message);
    findings.push(notes.error("--inventory", says, next));
    return undefined;
  }
}

/** The groups of checks that need a tenant to ask. */
const OF_THE_TENANT: readonly Group[] = GROUPS.filter((group) => group !== "settings" && group !== "versions");
const OF_THE_POLICY: readonly Group[] = ["policy", "breakGlass", "exclusive", "firstKey"];

function leftOut(findings: Finding[], why: string, next: string, groups = OF_THE_TENANT): number {
  for (const group of groups) findings.push(notesOf(group).info(group, `not looked at: ${why}`, next));
  return 0;
}

interface Asking {
  readonly options: ExaminationOptions;
  readonly declared: Declared | undefined;
  readonly inventory: FileInventory | undefined;
  readonly timeoutMs: number;
  readonly now: () => number;
  readonly onStep: (what: string) => void;
}

/** @returns how many requests it took. */
async function examineTenant(connection: ConnectionSettings, asking: Asking, findings: Finding[]): Promise<number> {
  const { options, declared, timeoutMs, now, onStep } = asking;
  const { purposes, breakGlass: given = [] } = options;
  const readings: ClockReading[] = [];
  const graph = createGraph(connection, {
    timeoutMs,
    retry: { totalWaitMs: timeoutMs, maxWaitMs: timeoutMs },
    onRequest: ({ serviceTime, ms }) => {
      if (serviceTime !== undefined) readings.push({ service: serviceTime, here: now(), ms });
    },
  });
  onStep("Signing in");
  let token;
  try {
    token = await signIn(graph, timeoutMs);
  } catch (error) {
    findings.push(signInFailed(error));
    const rest = OF_THE_TENANT.filter((group) => group !== "signIn");
    leftOut(findings, "without a token nothing can be asked", "Mend the sign-in first", rest);
    return graph.requests.total;
  }
  findings.push(...checkToken(token, connection, now()));
  const names = { users: [], groups: [], ...declared?.breakGlass, given };
  const reads = await readTenant(graph, names, onStep);
  const policy = valueOf(reads.policy);
  const everyone = policy && policy.includeTargets?.some(({ id }) => id === ALL_USERS) === true;
  const { groupNames: _names, emergency: _emergency, ...probes } = reads;
  const resources = declared?.resources;
  findings.push(
    ...checkPermissions({ purposes, token, probes, everyone, resources }),
    ...checkLicences(reads.report, purposes, everyone),
    ...checkClock(readings),
  );
  if (policy === undefined) {
    leftOut(findings, "the passkey policy could not be read", "See the permissions above", OF_THE_POLICY);
  } else findings.push(...examinePolicy(policy, reads, asking));
  return graph.requests.total;
}

function examinePolicy(policy: Fido2Policy, reads: TenantReads, { declared, inventory }: Asking): Finding[] {
  const normal = normalizePolicy(policy);
  const pass = valueOf(reads.temporaryAccessPass);
  const groupName = (id: string): string => {
    const name = reads.groupNames.get(id.toLowerCase());
    return id === ALL_USERS ? "all_users" : name === undefined ? `group ${id}` : `group ${JSON.stringify(name)}`;
  };
  const others = {
    methods: valueOf(reads.methods),
    conditionalAccess: valueOf(reads.conditionalAccess),
    strengths: valueOf(reads.strengths),
  };
  return [
    ...checkPolicy(policy, declared?.profileLimit),
    ...checkEmergency(policy, reads.emergency),
    ...checkExclusive({ policy: normal, exclusive: declared?.exclusive, ...others, inventory, groupName }),
    ...checkFirstKey({
      documents: {
        policy: normal,
        ...others,
        ...(pass !== undefined && { temporaryAccessPass: readTemporaryAccessPassPolicy(pass) }),
      },
      inventory,
      groupName,
    }),
  ];
}
