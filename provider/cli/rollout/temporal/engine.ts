import { loadTemporal } from "../../../rollout/temporal/load.js";
import { clusterSettings, type ClusterFlags } from "../../../rollout/temporal/settings.js";
import type { Engine } from "../engine.js";
import type { Surface } from "../surface.js";
import { planName, type Session } from "./found.js";
import { rollbackOnCluster } from "./rollback.js";
import { resumeOnCluster, upOnCluster } from "./run.js";
import { abortOnCluster, approveOnCluster } from "./say.js";
import { statusOnCluster } from "./status.js";

/** Rollouts as workflows on a Temporal cluster; this process starts them, watches them, and tells them what people say. */
export function temporalEngine(cluster: ClusterFlags & { readonly name?: string }): Engine {
  /** Connects for one command. */
  async function session(surface: Surface, file: string, act: (session: Session) => Promise<number>): Promise<number> {
    const temporal = loadTemporal();
    const settings = clusterSettings(cluster, surface.env);
    const client = await temporal.RolloutClient.connect(settings, planName(file, cluster.name));
    try {
      return await act({ surface, temporal, client });
    } finally {
      await client.close();
    }
  }
  return {
    up: (surface, file, flags) => session(surface, file, (own) => upOnCluster(own, file, flags)),
    resume: (surface, file, flags) => session(surface, file, (own) => resumeOnCluster(own, file, flags)),
    status: (surface, file, flags) => session(surface, file, (own) => statusOnCluster(own, file, flags)),
    approve: (surface, wave, file, flags) => session(surface, file, (own) => approveOnCluster(own, wave, file, flags)),
    abort: (surface, file, flags) => session(surface, file, (own) => abortOnCluster(own, file, flags)),
    rollback: (surface, file, flags) => session(surface, file, (own) => rollbackOnCluster(own, file, flags)),
  };
}
