/**
 * What happened in a rollout, one record after the other. Each is written and synced before what follows from it begins,
 * so that whoever goes on knows what was done. JSON, one line each; added to, and never changed.
 */
export type RolloutRecord = { readonly at: string } & RolloutEvent;

export type RolloutEvent =
  | {
      readonly kind: "begun";
      /** Id of the rollout. */
      readonly rollout: string;
      /** Digest of the plan: another plan is another rollout. */
      readonly plan: string;
      readonly waves: readonly { readonly name: string; readonly tenants: readonly string[] }[];
    }
  /** Another run goes on with the rollout. */
  | { readonly kind: "resumed" }
  | { readonly kind: "waveBegun"; readonly wave: string }
  /** The tenant has what it should have: nothing was run. */
  | { readonly kind: "skipped"; readonly tenant: string; readonly reason: string }
  | { readonly kind: "previewed"; readonly tenant: string; readonly verdict: string; readonly sentence: string }
  /** The guard, or a rule of the service, refuses the tenant's plan; nothing was written. */
  | { readonly kind: "heldBack"; readonly tenant: string; readonly reason: string }
  /** From here on something may have been written. */
  | { readonly kind: "applying"; readonly tenant: string; readonly attempt: number }
  | { readonly kind: "applied"; readonly tenant: string; readonly changed: boolean }
  /** The tenant was read, and has what was promised. */
  | { readonly kind: "verified"; readonly tenant: string }
  /** An update failed and is begun once more. */
  | { readonly kind: "retrying"; readonly tenant: string; readonly reason: string; readonly attempt: number }
  | { readonly kind: "failed"; readonly tenant: string; readonly reason: string; readonly attempt: number }
  | { readonly kind: "healthy"; readonly wave: string }
  | { readonly kind: "soaking"; readonly wave: string; readonly until: string }
  | { readonly kind: "approvalAsked"; readonly wave: string; readonly until: string }
  | { readonly kind: "approved"; readonly wave: string; readonly by: string }
  | { readonly kind: "waveDone"; readonly wave: string }
  /** It ended before its end: budget, health, approval, or somebody's word. It can be gone on with. */
  | { readonly kind: "stopped"; readonly reason: string }
  /** Somebody ended it for good. */
  | { readonly kind: "aborted"; readonly by: string }
  | { readonly kind: "done" }
  | { readonly kind: "restoring"; readonly tenant: string }
  | { readonly kind: "restored"; readonly tenant: string; readonly changed: boolean }
  | { readonly kind: "notRestored"; readonly tenant: string; readonly reason: string };

export type TenantPhase =
  | "waiting"
  | "previewed"
  | "applying"
  | "applied"
  /** Done with, one way or another. */
  | "skipped"
  | "verified"
  | "heldBack"
  | "failed"
  | "restored"
  | "notRestored";

export interface TenantProgress {
  readonly phase: TenantPhase;
  /** How often an update was begun. */
  readonly attempts: number;
  /** Why it was skipped, held back, failed or not restored. */
  readonly reason?: string;
  /** What the preview said. */
  readonly verdict?: string;
  readonly sentence?: string;
  /** Whether an update wrote something, or may have. */
  readonly changed?: boolean;
}

export interface WaveProgress {
  readonly begun: boolean;
  /** Whether a health check has passed since the last update that changed something. */
  readonly healthy: boolean;
  /** When it has soaked, ISO 8601. */
  readonly soakUntil?: string;
  readonly approvalUntil?: string;
  readonly approvedBy?: string;
  readonly done: boolean;
}

/** Where a rollout stands. */
export interface RolloutState {
  readonly rollout?: string;
  readonly plan?: string;
  readonly waves: ReadonlyMap<string, WaveProgress>;
  readonly tenants: ReadonlyMap<string, TenantProgress>;
  readonly ended?: { readonly how: "done" | "stopped" | "aborted"; readonly reason: string };
}

const WAITING: TenantProgress = { phase: "waiting", attempts: 0 };
const FRESH: WaveProgress = { begun: false, healthy: false, done: false };

/**
 * Where a rollout stands, record after record. The same for every engine.
 *
 * What {@link RolloutFold.state} answers goes on: its maps have what comes later, too. What is in them never changes.
 */
export class RolloutFold {
  readonly #waves = new Map<string, WaveProgress>();
  readonly #tenants = new Map<string, TenantProgress>();
  readonly #waveOf = new Map<string, string>();
  #head: Pick<RolloutState, "rollout" | "plan"> = {};
  #ended: RolloutState["ended"];

  constructor(records: Iterable<RolloutEvent> = []) {
    for (const record of records) this.add(record);
  }

  get state(): RolloutState {
    return {
      ...this.#head,
      waves: this.#waves,
      tenants: this.#tenants,
      ...(this.#ended && { ended: this.#ended }),
    };
  }

  #tenant(id: string, change: Partial<TenantProgress>): void {
    this.#tenants.set(id, { ...(this.#tenants.get(id) ?? WAITING), ...change });
  }

  #wave(name: string, change: Partial<WaveProgress>): void {
    this.#waves.set(name, { ...(this.#waves.get(name) ?? FRESH), ...change });
  }

  add(record: RolloutEvent): void {
    switch (record.kind) {
      case "begun":
        this.#head = { rollout: record.rollout, plan: record.plan };
        for (const { name, tenants: ids } of record.waves) {
          this.#wave(name, {});
          for (const id of ids) {
            this.#tenant(id, {});
            this.#waveOf.set(id, name);
          }
        }
        break;
      case "resumed":
        this.#ended = undefined;
        // Whoever goes on asks again.
        for (const [name, { approvalUntil, approvedBy }] of this.#waves) {
          if (approvalUntil !== undefined && approvedBy === undefined) this.#wave(name, { approvalUntil: undefined });
        }
        break;
      case "waveBegun":
        this.#wave(record.wave, { begun: true });
        break;
      case "skipped":
        this.#tenant(record.tenant, { phase: "skipped", reason: record.reason });
        break;
      case "previewed":
        this.#tenant(record.tenant, { phase: "previewed", verdict: record.verdict, sentence: record.sentence });
        break;
      case "heldBack":
        this.#tenant(record.tenant, { phase: "heldBack", reason: record.reason });
        break;
      case "applying":
        this.#tenant(record.tenant, { phase: "applying", attempts: record.attempt });
        break;
      case "applied": {
        // An update that ended without a word may have written, and the next one then finds nothing to do.
        const changed = record.changed || (this.#tenants.get(record.tenant)?.attempts ?? 0) > 1;
        this.#tenant(record.tenant, {
          phase: "applied",
          changed: changed || this.#tenants.get(record.tenant)?.changed === true,
        });
        const own = this.#waveOf.get(record.tenant);
        // What was checked and has soaked was the wave without this update.
        if (changed && own !== undefined && this.#waves.get(own)?.done !== true) {
          this.#wave(own, { healthy: false, soakUntil: undefined });
        }
        break;
      }
      case "verified":
        this.#tenant(record.tenant, { phase: "verified" });
        break;
      case "retrying":
        this.#tenant(record.tenant, { reason: record.reason, attempts: record.attempt });
        break;
      case "failed":
        this.#tenant(record.tenant, { phase: "failed", reason: record.reason, attempts: record.attempt });
        break;
      case "healthy":
        this.#wave(record.wave, { healthy: true });
        break;
      case "soaking":
        this.#wave(record.wave, { soakUntil: record.until });
        break;
      case "approvalAsked":
        this.#wave(record.wave, { approvalUntil: record.until });
        break;
      case "approved":
        this.#wave(record.wave, { approvedBy: record.by });
        break;
      case "waveDone":
        this.#wave(record.wave, { done: true });
        break;
      case "stopped":
        this.#ended = { how: "stopped", reason: record.reason };
        break;
      case "aborted":
        this.#ended = { how: "aborted", reason: `aborted by ${record.by}` };
        break;
      case "done":
        this.#ended = { how: "done", reason: "" };
        break;
      case "restoring":
        break;
      case "restored":
        this.#tenant(record.tenant, { phase: "restored", changed: record.changed });
        break;
      case "notRestored":
        this.#tenant(record.tenant, { phase: "notRestored", reason: record.reason });
        break;
    }
  }
}

/** Where a rollout stands after its records. */
export const stateAfter = (records: Iterable<RolloutEvent>): RolloutState => new RolloutFold(records).state;

/** Tenants that the last run has given up: they failed or were held back since it began. */
export function givenUpIn(records: Iterable<RolloutEvent>): Set<string> {
  const given = new Set<string>();
  for (const record of records) {
    if (record.kind === "resumed") given.clear();
    if (record.kind === "failed" || record.kind === "heldBack") given.add(record.tenant);
  }
  return given;
}
