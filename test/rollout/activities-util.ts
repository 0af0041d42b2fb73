import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Emulator } from "../../provider/dist/emulator/index.js";
import { localActivities, type LocalActivities } from "../../provider/dist/rollout/activities/index.js";
import { catalogueName, configHash, programHash } from "../../provider/dist/rollout/activities/hashes.js";
import { writePromise, type TenantPromise } from "../../provider/dist/rollout/activities/promise.js";
import type { RolloutPlan, TenantSpec, WaveSpec } from "../../provider/dist/rollout/plan.js";

export const tenantSpec = (id: string, more: Partial<TenantSpec> = {}): TenantSpec => ({
  id,
  name: more.name ?? id,
  stack: `t-${id.slice(0, 8)}`,
  cloud: "global",
  config: {},
  credential: { kind: "environment", prefix: "T" },
  ...more,
});

export const waveOf = (tenants: readonly TenantSpec[]): WaveSpec => ({
  name: "pilot",
  tenants: tenants.map(({ id }) => id),
  concurrency: 2,
  gate: { soakMs: 0 },
});

/** A project with a program in it, a rollout's folder, and activities for the tenants of an emulator. */
export class Bench implements Disposable {
  readonly root = mkdtempSync(join(tmpdir(), "entra-passkeys-rollout-"));
  readonly project = join(this.root, "project");
  readonly folder = join(this.root, "rollout");
  readonly promises = join(this.folder, "promises");
  readonly lines: string[] = [];
  readonly plan: RolloutPlan;
  readonly activities: LocalActivities;

  constructor(emulator: Emulator, env: NodeJS.ProcessEnv = {}, specs?: readonly TenantSpec[]) {
    mkdirSync(this.project);
    writeFileSync(join(this.project, "index.js"), "// nothing yet\n");
    writeFileSync(join(this.project, "package-lock.json"), "{}\n");
    const tenants = specs ?? emulator.tenants.map(({ id }) => tenantSpec(id));
    this.plan = {
      file: join(this.project, "tenants.yaml"),
      project: this.project,
      tenants,
      waves: [waveOf(tenants)],
      failureBudget: 0,
    };
    this.activities = localActivities({
      plan: this.plan,
      folder: this.folder,
      env: {
        PATH: process.env.PATH,
        ENTRA_PASSKEYS_ENDPOINT: emulator.url,
        ENTRA_PASSKEYS_VERIFY_SECONDS: "0.2",
        ENTRA_PASSKEYS_CACHE: join(this.root, "cache"),
        ...env,
      },
      environmentOf: ({ id }) => {
        const { client } = emulator.tenant(id);
        return { ARM_TENANT_ID: id, ARM_CLIENT_ID: client.id, ARM_CLIENT_SECRET: client.secret };
      },
      log: ({ name }, line) => void this.lines.push(`${name}: ${line}`),
    });
  }

  /** Writes down that an update has left this in a tenant. */
  promise(tenant: TenantSpec, written: Record<string, unknown>, more: Partial<TenantPromise> = {}): void {
    const managed = Object.fromEntries(Object.entries(written).map(([facet, value]) => [facet, { written: value }]));
    writePromise(this.promises, tenant, {
      version: 1,
      tenant: tenant.id,
      stack: tenant.stack,
      time: "2026-01-01T00:00:00.000Z",
      program: programHash(this.project, [this.plan.file]),
      config: configHash(this.project, tenant),
      catalogue: catalogueName(),
      resources: [{ owner: `project/${tenant.stack}/passkeys`, managed: managed as never }],
      ...more,
    });
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
