import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmulator } from "../../provider/dist/emulator/index.js";
import type { AuditEntry, Emulator, EmulatorOptions } from "../../provider/dist/emulator/index.js";
import { processHost } from "../../provider/dist/resources/host.js";
import type { Host } from "../../provider/dist/resources/host.js";
import { passkeyPolicyHandler } from "../../provider/dist/resources/passkeyPolicy/handler.js";
import type { CheckFailure, PasskeyPolicyHandler } from "../../provider/dist/resources/passkeyPolicy/handler.js";
import type { CheckedInputs, PasskeyPolicyInputs } from "../../provider/dist/resources/passkeyPolicy/inputs.js";
import type { PolicyState } from "../../provider/dist/resources/passkeyPolicy/state.js";

export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
export const KEY = "2fc0579f-8113-47ea-b116-bb5a8db9202a";
export const KEY_B = "a25342c0-3cdc-4414-8e46-f4807fca511c";
export const KEY_C = "e77e3c64-05e3-428b-8824-0cbeb04b829d";
export const AUTHENTICATOR = ["90a3ccdf-635c-4729-a248-9b709135078f", "de1e552d-db1d-4423-a619-566b625cdc84"];
export const DEFAULT_ID = "00000000-0000-0000-0000-000000000001";
export const SYNCED_ID = "e47a833c-5b0e-4f3d-8a54-1f0c2f7d9b36";
export const PROVIDER = 'exports.handler=()=>require("pulumi-entra-passkeys/handlers").passkeyPolicy;';

/** A new profile with all of its parts. */
export const students = {
  name: "Students",
  passkeyTypes: ["deviceBound" as const],
  attestationEnforcement: "registrationOnly" as const,
  keyRestrictions: { isEnforced: true, enforcementType: "allow" as const, models: [KEY, KEY_B] },
};

type Args = PasskeyPolicyInputs | Record<string, unknown>;

/** Check refused a declaration, as a preview fails on it. */
export class CheckFailed extends Error {
  readonly failures: readonly CheckFailure[];
  constructor(failures: readonly CheckFailure[]) {
    super(failures.map(({ property, reason }) => `${property}: ${reason}`).join("\n"));
    this.failures = failures;
  }
}

/** What a handler's error carries where a part was written. */
export interface Partly extends Error {
  id: string;
  properties: PolicyState;
  reasons: string[];
}

export interface StackOptions {
  name?: string;
  project?: string;
  env?: Record<string, string>;
  /** Changes the host of every process. */
  host?: (host: Host) => Host;
}

const copy = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

/** One resource of one stack, handled as the engine handles it: every command is a new process with a host of its own. */
export class Stack {
  readonly lines: string[] = [];
  readonly world: World;
  readonly options: StackOptions;
  inputs: CheckedInputs | undefined;
  state: PolicyState | undefined;
  /** The last run ended half-way; the engine then updates whatever diff says. */
  broken = false;

  constructor(world: World, options: StackOptions = {}) {
    this.world = world;
    this.options = options;
  }

  get owner(): string {
    return `${this.options.project ?? "test"}/dev/${this.options.name ?? "policy"}`;
  }

  process(): Host {
    const { emulator, cache } = this.world;
    const tenant = emulator.tenant();
    const host = processHost({
      ARM_TENANT_ID: tenant.id,
      ARM_CLIENT_ID: tenant.client.id,
      ARM_CLIENT_SECRET: tenant.client.secret,
      ENTRA_PASSKEYS_ENDPOINT: emulator.url,
      ENTRA_PASSKEYS_CACHE: cache,
      ENTRA_PASSKEYS_VERIFY_SECONDS: "2",
      ...this.options.env,
    });
    const log = (line: string) => void this.lines.push(line);
    const own = { ...host, log, logOnce: log };
    return this.options.host?.(own) ?? own;
  }

  async check(handler: PasskeyPolicyHandler, args: Args): Promise<CheckedInputs> {
    const news = copy({ ...args, owner: this.owner, __provider: PROVIDER });
    const { inputs, failures } = await handler.check(this.inputs && copy(this.inputs), news);
    if (failures !== undefined && failures.length > 0) throw new CheckFailed(failures);
    return copy(inputs!);
  }

  /** `pulumi preview`. */
  async preview(args: Args): Promise<boolean> {
    const handler = passkeyPolicyHandler(this.process());
    const inputs = await this.check(handler, args);
    if (this.state === undefined) return true;
    return (await handler.diff("fido2", copy(this.state), inputs)).changes;
  }

  /** The update half of `pulumi up`, in a process that may be shared; tells whether there was something to do. */
  async apply(args: Args, handler = passkeyPolicyHandler(this.process())): Promise<boolean> {
    const inputs = await this.check(handler, args);
    try {
      if (this.state === undefined) {
        this.state = copy((await handler.create(copy(inputs))).outs);
      } else {
        const { changes } = await handler.diff("fido2", copy(this.state), copy(inputs));
        if (!changes && !this.broken) {
          this.inputs = inputs;
          return false;
        }
        this.state = copy((await handler.update("fido2", copy(this.state), copy(inputs))).outs);
      }
      this.inputs = inputs;
      this.broken = false;
    } catch (error) {
      const { id, properties } = error as Partly;
      if (id !== undefined) [this.state, this.inputs, this.broken] = [copy(properties), inputs, true];
      throw error;
    }
    return true;
  }

  /** `pulumi up`: preview and update. */
  async up(args: Args): Promise<boolean> {
    await this.preview(args);
    return this.apply(args);
  }

  /** An up that has to fail after its first write; the error as the engine gets it. */
  async upFailsPartly(args: Args): Promise<Partly> {
    const error = await fails(this.apply(args));
    const partly = error as Partly;
    assert.equal(partly.id, "fido2", error.stack);
    assert.equal(partly.properties.__provider, PROVIDER);
    assert.ok(partly.reasons.length > 0);
    return partly;
  }

  /** `pulumi refresh`. */
  async refresh(): Promise<CheckedInputs> {
    const answer = copy(await passkeyPolicyHandler(this.process()).read("fido2", copy(this.state!)));
    assert.equal(answer.id, "fido2");
    [this.state, this.inputs] = [answer.props, answer.inputs];
    return answer.inputs;
  }

  async destroy(): Promise<void> {
    await passkeyPolicyHandler(this.process()).delete("fido2", copy(this.state!));
    this.state = this.inputs = undefined;
  }
}

/** An emulator and a folder for journals. */
export class World {
  readonly emulator: Emulator;
  readonly cache: string;
  constructor(emulator: Emulator) {
    this.emulator = emulator;
    this.cache = mkdtempSync(join(tmpdir(), "passkeys-"));
  }

  get tenant() {
    return this.emulator.tenant();
  }

  stack(options: StackOptions = {}): Stack {
    return new Stack(this, options);
  }

  group(name: string): string {
    return this.tenant.groups.get(name).id;
  }

  /** The policy, to be compared byte for byte. */
  bytes(): string {
    return JSON.stringify(this.tenant.policy(), null, 1);
  }

  requests(kind?: AuditEntry["kind"]): AuditEntry[] {
    return this.emulator.audit.entries.filter((entry) =>
      kind === undefined ? entry.kind !== "token" : entry.kind === kind,
    );
  }

  get reads(): number {
    return this.requests("policy").filter(({ method }) => method === "GET").length;
  }

  get patches(): AuditEntry[] {
    return this.emulator.audit.writes();
  }

  async close(): Promise<void> {
    await this.emulator.close();
    rmSync(this.cache, { recursive: true, force: true });
  }
}

/** Conditional Access answers once a second, which tests that run commands side by side need not wait for. */
export async function startWorld({ switches, ...options }: EmulatorOptions = {}): Promise<World> {
  return new World(
    await startEmulator({
      ...options,
      switches: { conditionalAccessRequestsPerSecond: 1000, reportRequestsPer10Seconds: 1000, ...switches },
    }),
  );
}

/** Runs a test in a world of its own. */
export function inWorld(options: EmulatorOptions, test: (world: World) => Promise<void>): () => Promise<void> {
  return async () => {
    const world = await startWorld(options);
    try {
      await test(world);
    } finally {
      await world.close();
    }
  };
}

/** The error of something that has to fail. */
export async function fails(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    assert.ok(error instanceof Error);
    return error;
  }
  return assert.fail("expected an error");
}
