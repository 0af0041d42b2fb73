/** Lives of resources whose every request is disturbed once, on clocks that only move when somebody waits. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { TenantSession } from "../../../provider/dist/apply/index.js";
import { startEmulator } from "../../../provider/dist/emulator/index.js";
import { createGraph } from "../../../provider/dist/graph/index.js";
import { People } from "../../../provider/dist/impact/people.js";
import { handlersOf, pass, policy, Program, strength, type Declaration } from "../program.ts";
import { KEY, KEY_B, KEY_C, students, World } from "../util.ts";

/** What a program declares at first and later; a destroy gives all of it back. */
export interface Life {
  readonly title: string;
  /** What its writes are about, as the emulator says. */
  readonly kind: "policy" | "conditionalAccess";
  /** The paths that it reads and writes itself: what the guard asks Conditional Access is not the resource's. */
  readonly path: RegExp;
  readonly first: (inventory: string) => Declaration[];
  readonly second: (inventory: string) => Declaration[];
}

export const OPERATIONS = ["create", "update", "destroy"] as const;
export type Operation = (typeof OPERATIONS)[number];

const GUID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
const PROFILE_LIMIT = 5;
const KEYS = { displayName: "Hardware keys" };

const listed = (inventory: string, models: string[], more: object = {}) => [
  policy("passkeys", {
    profiles: { default: { keyRestrictions: { isEnforced: false, models, microsoftAuthenticator: true } } },
    toggle: "enforceFirst",
    inventory,
    ...more,
  }),
];

export const LIVES: readonly Life[] = [
  {
    title: "one PATCH each time",
    kind: "policy",
    path: /./,
    first: () => [policy("passkeys", { isSelfServiceRegistrationAllowed: false })],
    second: () => [
      policy("passkeys", {
        isSelfServiceRegistrationAllowed: false,
        includeTargets: [{ group: "Sales", profiles: ["default"] }],
      }),
    ],
  },
  {
    title: "an enforced window each time",
    kind: "policy",
    path: /./,
    first: (inventory) => listed(inventory, [KEY]),
    second: (inventory) => listed(inventory, [KEY, KEY_C], { isSelfServiceRegistrationAllowed: false }),
  },
  {
    title: "a profile that a target names until it goes",
    kind: "policy",
    path: /./,
    first: () => [
      policy("passkeys", { profiles: { students }, includeTargets: [{ group: "Sales", profiles: ["students"] }] }),
    ],
    second: () => [
      policy("passkeys", {
        profiles: { pupils: { ...students, name: "Pupils" } },
        includeTargets: [{ group: "Executives", profiles: ["pupils"] }],
        profileLimit: PROFILE_LIMIT,
      }),
    ],
  },
  {
    title: "the Temporary Access Pass policy",
    kind: "policy",
    path: /./,
    first: () => [pass("pupils", { state: "enabled", isUsableOnce: true, includeTargets: ["Sales"] })],
    second: () => [pass("pupils", { state: "enabled", defaultLength: 20, includeTargets: ["Sales", "Executives"] })],
  },
  {
    title: "an authentication strength",
    kind: "conditionalAccess",
    path: /authenticationStrength/,
    first: () => [strength("admins", { ...KEYS, models: [KEY] })],
    second: () => [strength("admins", { ...KEYS, models: [KEY, KEY_B] })],
  },
];

/** A tenant, a machine and a program on it. */
export class Living extends Program {
  /** Milliseconds since 1970; moves when somebody waits. */
  now: number;
  readonly #life: Life;

  private constructor(world: World, life: Life, clock: { now: number }) {
    super(world);
    this.#life = life;
    this.now = clock.now;
  }

  /** @param clockOffsetSeconds how far the service's clock is ahead of the machine's */
  static async begin(life: Life, clockOffsetSeconds = 0): Promise<Living> {
    const clock: { now: number; living?: Living } = { now: Date.now() };
    const emulator = await startEmulator({
      seed: "contoso-profiles",
      switches: {
        conditionalAccessRequestsPerSecond: 1000,
        reportRequestsPer10Seconds: 1000,
        profileLimit: PROFILE_LIMIT,
      },
      now: () => clock.living?.now ?? clock.now,
      clockOffsetSeconds,
    });
    const living = (clock.living = new Living(new World(emulator), life, clock));
    const { tenant } = living.world;
    tenant.setPolicy(({ passkeyProfiles }) => {
      const keyRestrictions = { isEnforced: false, enforcementType: "allow" as const, aaGuids: [KEY_B, KEY] };
      Object.assign(passkeyProfiles[0]!, { keyRestrictions });
    });
    const lines = [
      { tenant: tenant.id, created: new Date().toISOString() },
      { id: "1", user: "u1", groups: [], aaguid: KEY, passkeyType: "deviceBound" },
    ];
    writeFileSync(living.#inventory, lines.map((line) => JSON.stringify(line)).join("\n"));
    return living;
  }

  get #inventory(): string {
    return join(this.world.cache, "passkeys.jsonl");
  }

  override process(): ReturnType<typeof handlersOf> {
    const host = this.world.stack().process();
    const now = () => this.now;
    const sleep = (ms: number) => {
      this.now += ms;
      return Promise.resolve();
    };
    const graph = createGraph(host.settings(), { surroundings: { now, sleep, random: () => 0 } });
    const session = new TenantSession(graph, { now, sleep }, 1);
    const log = (line: string) => void this.lines.push(line);
    const people = new People(graph, { cacheFolder: this.world.cache, env: host.env, log });
    const ours = { graph: () => graph, session: () => session, people: () => people, now };
    const own = { ...ours, verifySeconds: 30, log, logOnce: log };
    return handlersOf({ ...host, ...own });
  }

  /** Runs what leads to the operation, and not it. */
  async until(operation: Operation): Promise<void> {
    for (const earlier of OPERATIONS.slice(0, OPERATIONS.indexOf(operation))) await this.run(earlier);
  }

  run(operation: Operation): Promise<void> {
    if (operation === "destroy") return this.destroy();
    return this.apply(this.#life[operation === "create" ? "first" : "second"](this.#inventory));
  }

  /** Everything that the program may write, to be compared byte for byte. */
  tenant(): string {
    const { tenant } = this.world;
    const strengths = tenant.authenticationStrengths.list().map(({ displayName, ...one }) => ({
      displayName,
      allowedCombinations: one.allowedCombinations,
      models: one.combinationConfigurations.map(({ allowedAAGUIDs }) => allowedAAGUIDs),
    }));
    const text = JSON.stringify([tenant.policy(), tenant.method("TemporaryAccessPass"), strengths]);
    return text.replaceAll(this.world.emulator.url, "");
  }

  /** What the engine has saved, apart from times and the ids that the service gives. */
  states(): string {
    const saved = [...this.saved.values()].map(({ id, state }) => ({ id, state }));
    return JSON.stringify(saved, (name, value: unknown) => {
      if (["time", "since", "objectId"].includes(name)) return undefined;
      if (name === "id" && this.#life.kind === "conditionalAccess") return undefined;
      return name === "inventory" ? "passkeys.jsonl" : value;
    });
  }

  /** Writes since that entry of the log that took effect, in order, each with what it said. */
  written(after = 0): string[] {
    return this.world.emulator.audit
      .writes()
      .filter(({ seq, status, handled = status }) => seq > after && handled >= 200 && handled < 300)
      .map(
        ({ method, path, requestBody }) => `${method} ${path.replaceAll(GUID, "id")} ${JSON.stringify(requestBody)}`,
      );
  }

  close(): Promise<void> {
    return this.world.close();
  }
}
