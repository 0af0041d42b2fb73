import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { GateSpec, RolloutPlan, TenantSpec } from "../../provider/dist/rollout/plan.js";

/** A folder for each test of the suite that calls this. */
export function testFolder(): () => string {
  let folder = "";
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "entra-passkeys-rollout-"))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  return () => folder;
}

export const idOf = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;

const NAMES = [
  "Northbank",
  "Southbank",
  "Eastbank",
  "Westbank",
  "Midbank",
  "Farbank",
  "Nearbank",
  "Highbank",
  "Lowbank",
];

export const tenant = (number: number): TenantSpec => ({
  id: idOf(number),
  name: NAMES[number] ?? `Tenant ${number}`,
  stack: `tenant-${number}`,
  cloud: "global",
  config: {},
  credential: { kind: "environment", prefix: `TENANT${number}` },
});

export interface WaveShape {
  readonly name?: string;
  readonly tenants: readonly number[];
  readonly concurrency?: number;
  readonly gate?: Partial<GateSpec>;
}

/** A plan of tenants by number. */
export function planOf(
  waves: readonly WaveShape[],
  { failureBudget = 0, file = "/somewhere/tenants.yaml" }: { failureBudget?: number; file?: string } = {},
): RolloutPlan {
  return {
    file,
    project: join(file, "..", "project"),
    tenants: waves.flatMap(({ tenants }) => tenants.map(tenant)),
    waves: waves.map(({ name, tenants, concurrency = 1, gate }, index) => ({
      name: name ?? `wave ${index + 1}`,
      tenants: tenants.map(idOf),
      concurrency,
      gate: { soakMs: 0, ...gate },
    })),
    failureBudget,
  };
}
