import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmulator } from "../../provider/dist/emulator/index.js";
import type { Emulator, EmulatorOptions, Seed } from "../../provider/dist/emulator/index.js";
import { createGraph, resolveSettings, type Graph, type GraphOptions } from "../../provider/dist/graph/index.js";
import { Pseudonyms, readInventoryFile, writeInventoryFile } from "../../provider/dist/impact/index.js";
import type { InventoryScope, WriteOptions, WrittenInventory } from "../../provider/dist/impact/index.js";
import type { Person } from "../../provider/dist/policy/index.js";

export const TENANT = "5b0a3f0e-7a3c-4a58-9c1e-0f6f6d1b7a11";
export const KEY = "2fc0579f-8113-47ea-b116-bb5a8db9202a";
export const PHONE = "90a3ccdf-635c-4729-a248-9b709135078f";
export const NURSES = "10000000-0000-4000-8000-000000000001";
export const WARD = "10000000-0000-4000-8000-000000000002";
export const EXCLUDED = "10000000-0000-4000-8000-000000000003";
export const SALT = "a salt that only tests have, 0123456789";
export const START = Date.parse("2026-06-01T08:00:00Z");

export const pseudonyms = new Pseudonyms(TENANT, SALT);
export const user = (n: number) => `20000000-0000-4000-8000-${String(n).padStart(12, "0")}`;

/** Who is who, by the last digits of the object id. */
export const ANN = user(1);
export const BEN = user(2);
export const CLEO = user(3);
export const DAN = user(4);
export const EVE = user(5);
export const GUEST = user(6);
export const FAY = user(7);

/** A hospital: nurses, a ward nested in them, an administrator, an account that is disabled, a guest. */
export const hospital: Seed = {
  tenants: [
    {
      id: TENANT,
      displayName: "Northside Hospital",
      domain: "northside.example",
      mode: "profiles",
      policy: {
        state: "enabled",
        includeTargets: [{ id: NURSES }],
        excludeTargets: [{ id: EXCLUDED }],
      },
      groups: [
        { id: NURSES, displayName: "Nurses" },
        { id: WARD, displayName: "Ward 3" },
        { id: EXCLUDED, displayName: "Without passkeys" },
      ],
      users: [
        {
          id: ANN,
          displayName: "Ann Archer",
          passkeys: [{ aaGuid: KEY, displayName: "Ann's key" }],
          methods: ["mobilePhone"],
        },
        { id: BEN, displayName: "Ben Baker", methods: ["microsoftAuthenticatorPush"] },
        {
          id: CLEO,
          displayName: "Cleo Cooper",
          passkeys: [{ aaGuid: PHONE, attestationLevel: "notAttested" }, { aaGuid: KEY }],
          isAdmin: true,
        },
        { id: DAN, displayName: "Dan Draper", accountEnabled: false, passkeys: [{ aaGuid: KEY }] },
        { id: EVE, displayName: "Eve Eaton", accountEnabled: false },
        { id: GUEST, displayName: "Gus Guest", userType: "Guest" },
        { id: FAY, displayName: "Fay Fisher", passkeys: [{ aaGuid: KEY, passkeyType: "synced" }] },
      ],
      memberships: { [NURSES]: [ANN, BEN, DAN, GUEST, WARD], [WARD]: [ANN, CLEO], [EXCLUDED]: [FAY] },
    },
  ],
};

/** Names that no file, line or error may have. */
export const NAMES = /archer|baker|cooper|draper|eaton|gus guest|fisher|northside\.example|ann's key/i;

/** An emulator, a client of it and a folder; time is the test's, and passes only where somebody sleeps. */
export interface Rig {
  readonly emulator: Emulator;
  readonly graph: Graph;
  readonly folder: string;
  readonly file: string;
  readonly clock: { now: number };
  readonly pauses: number[];
  readonly notes: string[];
  close(): Promise<void>;
}

export async function startRig(options: EmulatorOptions & { graph?: GraphOptions } = {}): Promise<Rig> {
  const clock = { now: START };
  const { graph: graphOptions, ...emulatorOptions } = options;
  const emulator = await startEmulator({ seed: hospital, now: () => clock.now, ...emulatorOptions });
  const folder = mkdtempSync(join(tmpdir(), "inventory-"));
  const pauses: number[] = [];
  const tenant = emulator.tenant();
  const settings = resolveSettings({
    ARM_TENANT_ID: tenant.id,
    ARM_CLIENT_ID: tenant.client.id,
    ARM_CLIENT_SECRET: tenant.client.secret,
    ENTRA_PASSKEYS_ENDPOINT: emulator.url,
  });
  const surroundings = {
    now: () => clock.now,
    sleep: (ms: number) => {
      pauses.push(ms);
      clock.now += ms;
      return Promise.resolve();
    },
    random: () => 0,
    deadline: () => new AbortController().signal,
  };
  return {
    emulator,
    graph: createGraph(settings, { surroundings, ...graphOptions }),
    folder,
    file: join(folder, "passkeys.jsonl"),
    clock,
    pauses,
    notes: [],
    close: async () => {
      await emulator.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A rig for each test of a suite. */
export function rigForEach(options: () => EmulatorOptions & { graph?: GraphOptions } = () => ({})): {
  readonly current: Rig;
} {
  let rig: Rig | undefined;
  beforeEach(async () => void (rig = await startRig(options())));
  afterEach(() => rig?.close());
  return {
    get current() {
      assert.ok(rig);
      return rig;
    },
  };
}

export function write(rig: Rig, scope: InventoryScope, options: Partial<WriteOptions> = {}): Promise<WrittenInventory> {
  return writeInventoryFile(rig.graph, scope, {
    file: rig.file,
    pseudonyms,
    onNote: (text) => void rig.notes.push(text),
    ...options,
  });
}

/** The people of the file by object id, with all details. */
export function people(rig: Rig): Map<string, Person> {
  const { people } = readInventoryFile(rig.file, {
    tenantId: TENANT,
    maxAge: 24 * 365,
    now: rig.clock.now,
    details: true,
  });
  const ids = new Map(
    rig.emulator
      .tenant()
      .users.list()
      .map(({ id }) => [pseudonyms.user(id), id]),
  );
  return new Map(people.map((person) => [ids.get(person.user) ?? assert.fail(person.user), person]));
}

/** Someone's passkeys in the file, by model; undefined where they are unread. */
export function models(rig: Rig, id: string): string[] | undefined {
  return people(rig)
    .get(id)
    ?.passkeys?.map(({ aaguid }) => aaguid ?? "unknown");
}

/** How many requests there were for paths that match; those of batches count one by one. */
export function requests(rig: Rig, path: RegExp): number {
  return rig.emulator.audit.entries.filter((entry) => path.test(entry.path)).length;
}

/** The lines of a file as objects. */
export function lines(path: string): Record<string, unknown>[] {
  assert.ok(existsSync(path), path);
  return readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
