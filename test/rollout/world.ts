import { HeldBackError, type Activities } from "../../provider/dist/rollout/ports.js";
import type { TenantSpec } from "../../provider/dist/rollout/plan.js";

/** What becomes of a tenant when it is rolled out to. */
export type Behaviour =
  | "changes"
  /** The scan finds it well. */
  | "unneeded"
  /** The update has nothing to do. */
  | "unchanged"
  | "refusedByPreview"
  | "refusedByUpdate"
  | "failsOnce"
  | "failsAlways"
  /** It is never what was promised. */
  | "drifts";

/** Those a rollout has to give up. */
export const BAD: ReadonlySet<Behaviour> = new Set(["refusedByPreview", "refusedByUpdate", "failsAlways", "drifts"]);

/** What a tenant is, whoever asks, and after every kill. */
export interface TenantWorld {
  behaviour: Behaviour;
  /** Whether it has the new policy. */
  updated: boolean;
  saved: boolean;
  applyCalls: number;
}

export type World = Record<string, TenantWorld>;

export function worldOf(tenants: readonly TenantSpec[], behaviours: readonly Behaviour[]): World {
  return Object.fromEntries(
    tenants.map(({ id }, index) => [
      id,
      { behaviour: behaviours[index] ?? "changes", updated: false, saved: false, applyCalls: 0 },
    ]),
  );
}

export type Step = Exclude<keyof Activities, "healthCheck">;

export interface WorldOptions {
  /** Called as an activity begins; what it throws ends the activity before it does anything. */
  readonly before?: (step: Step | "healthCheck", tenant?: TenantSpec) => void | Promise<void>;
  /** Called after it has done what it does, also where it fails. */
  readonly after?: (step: Step | "healthCheck", tenant?: TenantSpec) => void;
  readonly health?: (tenants: readonly TenantSpec[]) => void;
}

/** Activities on tenants that are made up. */
export function worldActivities(world: World, { before, after, health }: WorldOptions = {}): Activities {
  const step =
    <T>(name: Step, act: (own: TenantWorld, tenant: TenantSpec) => T) =>
    async (tenant: TenantSpec): Promise<T> => {
      await before?.(name, tenant);
      try {
        return act(world[tenant.id]!, tenant);
      } finally {
        after?.(name, tenant);
      }
    };
  return {
    scan: step("scan", ({ behaviour, updated }) =>
      behaviour === "unneeded" || (updated && behaviour !== "drifts")
        ? { needed: false, reason: "It has what it should have." }
        : { needed: true, reason: "The program has changed." },
    ),
    preview: step("preview", ({ behaviour }) => ({
      verdict:
        behaviour === "refusedByPreview"
          ? { level: "lockout", code: 3, sentence: "It would lock 3 people out." }
          : { level: "change", code: 2, sentence: "The policy changes, and nobody loses a key." },
      changes: behaviour !== "unchanged",
    })),
    save: step("save", (own) => {
      own.saved = true;
    }),
    apply: step("apply", (own) => {
      own.applyCalls += 1;
      if (own.behaviour === "refusedByUpdate") throw new HeldBackError("It would lock 3 people out.");
      if (own.behaviour === "failsAlways") throw new Error("503 ServiceUnavailable");
      if (own.behaviour === "failsOnce" && own.applyCalls === 1) throw new Error("429 TooManyRequests");
      const changed = !own.updated && own.behaviour !== "unchanged";
      own.updated = true;
      return { changed };
    }),
    verify: step("verify", ({ behaviour }) => {
      if (behaviour === "drifts") throw new Error("The policy is something else.");
    }),
    restore: step("restore", (own, { name }) => {
      if (!own.saved) throw new Error(`Nothing was saved of ${name}.`);
      if (own.behaviour === "drifts") throw new Error("Somebody else has changed it since.");
      const changed = own.updated;
      own.updated = false;
      return { changed };
    }),
    async healthCheck(_wave, _check, tenants) {
      await before?.("healthCheck");
      health?.(tenants);
      after?.("healthCheck");
    },
  };
}
