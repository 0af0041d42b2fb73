import { SharedRead } from "../../apply/index.js";
import type { TenantSession } from "../../apply/index.js";
import type { Graph } from "../../graph/index.js";
import type { Host } from "../host.js";

/** A read of a document that all resources of a process share. */
export function readOnce<T>(read: (graph: Graph) => Promise<T>): (host: Host) => SharedRead<T> {
  const shared = new WeakMap<TenantSession, SharedRead<T>>();
  return (host) => {
    const session = host.session();
    let reads = shared.get(session);
    if (reads === undefined) {
      const graph = host.graph();
      reads = new SharedRead(
        () => read(graph),
        () => session.clock.now(),
      );
      shared.set(session, reads);
    }
    return reads;
  };
}
