import { writeFileSync } from "node:fs";
import type { TenantSpec } from "../../rollout/plan.js";
import type { Previewed } from "../../rollout/ports.js";
import { chooseTenants, type Chosen } from "./choose.js";
import { previewPage } from "./drive.js";
import { writeJson } from "./progress.js";
import { ROLLOUT_EXIT } from "./summary.js";
import { columns, oneLine, painter, type Surface } from "./surface.js";

export interface LookFlags {
  readonly wave: readonly string[];
  readonly tenant: readonly string[];
  readonly json?: boolean;
  readonly html?: string;
  readonly concurrency?: number;
}

interface Finding {
  /** `refused` and `failed` are not well. */
  readonly outcome: "unchanged" | "changes" | "refused" | "failed";
  readonly verdict?: string;
  readonly sentence: string;
}

/** `entra-passkeys rollout preview`: what a rollout would do to each tenant; writes nothing. */
export async function preview(surface: Surface, file: string, flags: LookFlags): Promise<number> {
  const plan = surface.parts.readPlan(file);
  const chosen = chooseTenants(plan, flags);
  const activities = surface.parts.activities({ plan, env: surface.env });
  const previews = new Map<string, Previewed>();
  const failed = new Map<string, string>();
  const found = await eachTenant(chosen, flags.concurrency, async (tenant): Promise<Finding> => {
    try {
      const scan = await activities.scan(tenant);
      if (!scan.needed) return { outcome: "unchanged", sentence: scan.reason };
      const previewed = await activities.preview(tenant);
      previews.set(tenant.id, previewed);
      const { level: verdict, sentence } = previewed.verdict;
      const refused = verdict !== "nothing" && verdict !== "change";
      const outcome = refused ? "refused" : previewed.changes ? "changes" : "unchanged";
      return { outcome, verdict, sentence };
    } catch (error) {
      failed.set(tenant.id, (error as Error).message);
      return { outcome: "failed", sentence: (error as Error).message };
    }
  });
  if (flags.html !== undefined) writeFileSync(flags.html, await previewPage(plan.tenants, previews, failed));
  const rows = found.map(({ tenant, wave, result }) => ({ tenant, wave, ...result }));
  if (flags.json) {
    for (const { tenant, wave, outcome, verdict, sentence } of rows) {
      writeJson(surface.out, {
        kind: "preview",
        tenant: tenant.id,
        name: tenant.name,
        wave,
        outcome,
        ...(verdict !== undefined && { verdict }),
        sentence,
      });
    }
  } else {
    const paint = painter(surface);
    const lines = columns([
      ["Tenant", "Wave", "Preview", ""],
      ...rows.map(({ tenant, wave, outcome, sentence }) => [
        oneLine(tenant.name),
        oneLine(wave),
        OUTCOMES[outcome],
        oneLine(sentence),
      ]),
    ]);
    const colour = (index: number) =>
      index === 0
        ? "bold"
        : { unchanged: "dim", changes: "cyan", refused: "red", failed: "red" }[rows[index - 1]!.outcome];
    surface.out.write(`${lines.map((line, index) => paint(colour(index) as "bold", line)).join("\n")}\n`);
  }
  const well = rows.every(({ outcome }) => outcome === "unchanged" || outcome === "changes");
  return well ? ROLLOUT_EXIT.ok : ROLLOUT_EXIT.error;
}

const OUTCOMES: Readonly<Record<Finding["outcome"], string>> = {
  unchanged: "nothing to do",
  changes: "changes",
  refused: "would be held back",
  failed: "failed",
};

/** Asks something of each tenant, as many at once as the wave says, wave after wave; in the order of the plan. */
export async function eachTenant<T>(
  chosen: readonly Chosen[],
  concurrency: number | undefined,
  ask: (tenant: TenantSpec) => Promise<T>,
): Promise<{ readonly tenant: TenantSpec; readonly wave: string; readonly result: T }[]> {
  const all: { tenant: TenantSpec; wave: string; result: T }[] = [];
  for (const { wave, tenants } of chosen) {
    const results = new Map<string, T>();
    const waiting = [...tenants];
    const worker = async () => {
      for (let tenant = waiting.shift(); tenant !== undefined; tenant = waiting.shift()) {
        results.set(tenant.id, await ask(tenant));
      }
    };
    await Promise.all(Array.from({ length: Math.max(1, concurrency ?? wave.concurrency) }, worker));
    all.push(...tenants.map((tenant) => ({ tenant, wave: wave.name, result: results.get(tenant.id)! })));
  }
  return all;
}
