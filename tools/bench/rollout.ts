/** What it costs to find out that tenants need nothing: time of `rollout up` and `rollout drift`, and peak memory. */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { startEmulator, type Emulator, type TenantSeed } from "../../provider/dist/emulator/index.js";
import { catalogueName, configHash, programHash } from "../../provider/dist/rollout/activities/hashes.js";
import { writePromise } from "../../provider/dist/rollout/activities/promise.js";
import { readPlan } from "../../provider/dist/rollout/config/index.js";
import { peakOf } from "./memory.ts";
import { mebibytes, seconds, type Report } from "./report.ts";

export const CLI = resolve(import.meta.dirname, "../../provider/bin/entra-passkeys.js");
const COUNTS = [1000, 4000];
const GOAL_MS = 30_000;
/** How much more memory ten times as many tenants may take: names and phases, and no policies. */
const GOAL_MORE_KIB = 64 * 1024;

const id = (index: number): string => `7e4a1c00-0000-4000-8000-${String(index).padStart(12, "0")}`;

export interface Measured {
  readonly ms: number;
  readonly peakKiB: number;
}

export async function benchRollout(): Promise<Report> {
  const figures: { tenants: number; up: Measured; drift: Measured }[] = [];
  for (const count of COUNTS) {
    await using emulator = await startTenants(count);
    const folder = mkdtempSync(join(tmpdir(), "entra-passkeys-bench-"));
    try {
      const { file, env } = prepare(folder, emulator, count);
      const up = await measure(["up", file, "--yes"], env);
      const drift = await measure(["drift", file], env);
      figures.push({ tenants: count, up, drift });
      console.error(`rollout: ${count} tenants`);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  const [few, many] = figures as [(typeof figures)[0], (typeof figures)[0]];
  const missed: string[] = [];
  for (const command of ["up", "drift"] as const) {
    if (many[command].ms > GOAL_MS) {
      missed.push(`rollout ${command} of ${many.tenants} tenants took ${seconds(many[command].ms)}; the goal is 30 s.`);
    }
    const more = many[command].peakKiB - few[command].peakKiB;
    if (more > GOAL_MORE_KIB) {
      missed.push(
        `rollout ${command} took ${mebibytes(more)} more for ${many.tenants} tenants than for ${few.tenants}.`,
      );
    }
  }
  const rows = figures.flatMap(({ tenants, up, drift }) =>
    Object.entries({ up, drift }).map(([command, { ms, peakKiB }]): [string, string] => [
      `rollout ${command} of ${tenants.toLocaleString("en-US")} unchanged tenants`,
      `${seconds(ms)}, ${(ms / tenants).toFixed(1)} ms each, ${mebibytes(peakKiB)}`,
    ]),
  );
  const bars = figures.flatMap(({ tenants, up, drift }) =>
    Object.entries({ up, drift }).map(([command, { ms }]) => ({
      label: `rollout ${command}, ${tenants.toLocaleString("en-US")} tenants`,
      ms,
    })),
  );
  const title = "Tenants with nothing to do, against the local Graph in another process";
  return { figures, rows: [[title, `goal: 1,000 of them in ${seconds(GOAL_MS)}`], ...rows], missed, bars };
}

/** So many tenants that need nothing. */
export function startTenants(count: number): Promise<Emulator> {
  const tenants = Array.from({ length: count }, (_, index): TenantSeed => ({
    ...{ id: id(index), displayName: `Tenant ${index}`, mode: "profiles", policy: { state: "enabled" } },
  }));
  return startEmulator({ seed: { tenants } });
}

/** A plan whose tenants all are as their last update has left them. */
export function prepare(folder: string, emulator: Emulator, count: number): { file: string; env: NodeJS.ProcessEnv } {
  const project = join(folder, "project");
  const file = join(project, "tenants.yaml");
  mkdirSync(project);
  writeFileSync(join(project, "index.js"), "// the program\n");
  const tenants = Array.from({ length: count }, (_, index) => `  - { id: ${id(index)}, stack: t${index} }\n`);
  const head = "version: 1\ndefaults: { credential: { environment: BENCH } }\n";
  writeFileSync(file, `${head}tenants:\n${tenants.join("")}waves:\n  - { name: all, rest: true, concurrency: 4 }\n`);
  const plan = readPlan(file);
  const promises = join(project, ".entra-passkeys/rollouts/promises");
  for (const tenant of plan.tenants) {
    writePromise(promises, tenant, {
      ...{ version: 1, tenant: tenant.id, stack: tenant.stack, time: "2026-01-01T00:00:00.000Z" },
      program: programHash(project, [file, promises]),
      config: configHash(project, tenant),
      catalogue: catalogueName(),
      resources: [
        { owner: `bench/${tenant.stack}/passkeys`, managed: { isSelfServiceRegistrationAllowed: { written: true } } },
      ],
    });
  }
  const { client } = emulator.tenant(id(0));
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    // A heap that may grow does so before anything is collected, which says nothing of what is kept.
    NODE_OPTIONS: "--max-old-space-size=64 --max-semi-space-size=4",
    ENTRA_PASSKEYS_ENDPOINT: emulator.url,
    ENTRA_PASSKEYS_CACHE: join(folder, "cache"),
    BENCH_ARM_CLIENT_ID: client.id,
    BENCH_ARM_CLIENT_SECRET: client.secret,
  };
  return { file, env };
}

/** Runs `entra-passkeys rollout` with these words. */
export function measure(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Measured> {
  const started = performance.now();
  const child = spawn(process.execPath, [CLI, "rollout", ...args], { env });
  let [peakKiB, output] = [0, ""];
  const look = () => void (peakKiB = Math.max(peakKiB, peakOf(child.pid!)));
  const looking = setInterval(look, 20);
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      look();
      output = `${output}${text}`.slice(-2000);
    });
  }
  return new Promise((done, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      clearInterval(looking);
      if (code !== 0) reject(new Error(`rollout ${args[0]} ended with ${code}:\n${output}`));
      else done({ ms: performance.now() - started, peakKiB });
    });
  });
}
