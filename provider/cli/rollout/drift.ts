import type { DriftWords } from "../../report/preview/index.js";
import { chooseTenants } from "./choose.js";
import { eachTenant, type LookFlags } from "./preview.js";
import { writeJson } from "./progress.js";
import { ROLLOUT_EXIT } from "./summary.js";
import { columns, oneLine, painter, type Surface } from "./surface.js";

const inWords = ({ part, written, now }: DriftWords): string =>
  `${part}: ${now.join(", ") || "none"} instead of ${written.join(", ") || "none"}`;

type Answer = { readonly drift: "no" | "yes" | "unknown"; readonly reason: string };

/** `entra-passkeys rollout drift`: which tenants are not what the last update has promised; writes nothing. */
export async function drift(surface: Surface, file: string, flags: Omit<LookFlags, "html">): Promise<number> {
  const plan = surface.parts.readPlan(file);
  const chosen = chooseTenants(plan, flags);
  const activities = surface.parts.activities({ plan, env: surface.env });
  const found = await eachTenant(chosen, flags.concurrency, async (tenant): Promise<Answer> => {
    try {
      const { parts, changes } = await activities.drift(tenant);
      if (parts.length > 0) return { drift: "yes", reason: parts.map(inWords).join("; ") };
      return { drift: "no", reason: changes.join("; ") };
    } catch (error) {
      // What could not be read is not known, and is no drift.
      return { drift: "unknown", reason: (error as Error).message };
    }
  });
  if (flags.json) {
    for (const { tenant, wave, result } of found) {
      writeJson(surface.out, { kind: "drift", tenant: tenant.id, name: tenant.name, wave, ...result });
    }
  } else {
    const paint = painter(surface);
    const lines = columns([
      ["Tenant", "Wave", "Drift", ""],
      ...found.map(({ tenant, wave, result }) => [
        oneLine(tenant.name),
        oneLine(wave),
        result.drift,
        oneLine(result.reason),
      ]),
    ]);
    const painted = lines.map((line, index) => {
      if (index === 0) return paint("bold", line);
      const { drift: answer } = found[index - 1]!.result;
      return answer === "no" ? line : paint(answer === "yes" ? "yellow" : "red", line);
    });
    surface.out.write(`${painted.join("\n")}\n`);
  }
  const answers = new Set(found.map(({ result }) => result.drift));
  if (answers.has("yes")) return ROLLOUT_EXIT.drift;
  return answers.has("unknown") ? ROLLOUT_EXIT.error : ROLLOUT_EXIT.ok;
}
