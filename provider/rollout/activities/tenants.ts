import { createGraph, resolveSettings, type Graph } from "../../graph/index.js";
import { PAUSES } from "../../apply/index.js";
import type { Fido2Policy } from "../../policy/index.js";
import type { TenantSpec } from "../plan.js";
import type { LocalOptions } from "./options.js";

/** Default of `ENTRA_PASSKEYS_VERIFY_SECONDS`. */
const VERIFY_SECONDS = 30;

/** So many connections are kept: those of the tenants that are being updated, and not those of all that are scanned. */
const MOST_CONNECTIONS = 64;

/** The connections of a process to its tenants. One for each of the last ones, so that a tenant signs in once. */
export class Tenants {
  readonly #graphs = new Map<string, Graph>();

  constructor(readonly options: Pick<LocalOptions, "env" | "environmentOf">) {}

  /**
   * The environment of a tenant: that of the rollout, with what is said of the tenant over it.
   *
   * @throws Error where the variables are of another tenant.
   */
  environment(tenant: TenantSpec): NodeJS.ProcessEnv {
    const { env, environmentOf } = this.options;
    const own = environmentOf(tenant);
    const id = own["ARM_TENANT_ID"]?.trim().toLowerCase();
    if (id !== tenant.id) {
      throw new Error(`ARM_TENANT_ID of the tenant ${tenant.id} is ${id || "missing"}: its update would go astray.`);
    }
    return { ...env, ...own };
  }

  graph(tenant: TenantSpec): Graph {
    let graph = this.#graphs.get(tenant.id);
    graph ??= createGraph(resolveSettings(this.environment(tenant), (key) => tenant.config[key]));
    // The one that was used longest ago goes first.
    this.#graphs.delete(tenant.id);
    this.#graphs.set(tenant.id, graph);
    if (this.#graphs.size > MOST_CONNECTIONS) this.#graphs.delete(this.#graphs.keys().next().value!);
    return graph;
  }

  policy(tenant: TenantSpec): Promise<Fido2Policy> {
    return this.graph(tenant).readPasskeyPolicy();
  }

  /**
   * Reads the policy until nothing of it is missing any more, or `ENTRA_PASSKEYS_VERIFY_SECONDS` are over.
   *
   * @returns what is missing in the end.
   */
  async policyUntil<T>(tenant: TenantSpec, missing: (policy: Fido2Policy) => readonly T[]): Promise<readonly T[]> {
    const seconds = Number(this.options.env["ENTRA_PASSKEYS_VERIFY_SECONDS"]);
    const deadline = Date.now() + (seconds > 0 ? seconds : VERIFY_SECONDS) * 1000;
    for (let attempt = 0; ; attempt += 1) {
      const left = missing(await this.policy(tenant));
      const pause = PAUSES[Math.min(attempt, PAUSES.length - 1)]!;
      if (left.length === 0 || Date.now() + pause > deadline) return left;
      await new Promise((done) => setTimeout(done, pause));
    }
  }
}
