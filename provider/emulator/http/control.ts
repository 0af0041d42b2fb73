import type { Hono } from "hono";
import type { AuditEntry } from "../audit.js";
import { DirectoryError } from "../directory/directory.js";
import { readFaultSpec } from "../faults/read.js";
import { SchemaError } from "../schema.js";
import { readMethodEdit, readPasskey } from "../seed-people.js";
import { parseSwitches, switchCatalogue, SwitchError, type Switches } from "../switches.js";
import type { Tenant } from "../tenant.js";
import { LICENCES } from "../tenant-handle.js";
import { findTenant, type EmulatorContext, type EmulatorEnv, type Host } from "./pipeline.js";

/** What the control routes need besides what all routes need. */
export interface ControlHost extends Host {
  readonly switches: Switches;
}

/** Longest wait of a control request; clients ask again. */
const LONGEST_WAIT_SECONDS = 60;

/** A control request that makes no sense; answers 4xx with a message. */
class ControlError extends Error {
  override readonly name = "ControlError";

  constructor(
    readonly status: 400 | 404,
    message: string,
  ) {
    super(message);
  }
}

/**
 * Routes under `/_emulator`, for those who run the emulator as a process of its own: what tests do by the API. They
 * need no token, meet no faults and leave no trace in the audit log.
 */
export function addControlRoutes(app: Hono<EmulatorEnv>, host: ControlHost): void {
  const control = app.basePath("/_emulator");
  const { audit, faults } = host;

  control.get("/", (c) =>
    c.json({
      tenants: [...host.tenants.values()].map(describe),
      switches: host.switches,
      routes: app.routes.map(({ method, path }) => `${method} ${path}`).filter((route) => route.includes("/_emulator")),
    }),
  );

  control.get("/audit", async (c) => {
    const after = number(c, "after", 0);
    const seconds = Math.min(number(c, "waitSeconds", 0), LONGEST_WAIT_SECONDS);
    const { kind, tenant } = c.req.query();
    const wanted = (entry: AuditEntry) =>
      entry.seq > after && (!kind || entry.kind === kind) && (!tenant || entry.tenant === tenant);
    if (seconds > 0) {
      await audit.next(wanted, { after, timeoutMs: seconds * 1000 }).catch(() => undefined);
    }
    return c.json({ lastSeq: audit.lastSeq, entries: audit.entries.filter(wanted) });
  });
  control.delete("/audit", (c) => {
    audit.clear();
    return c.body(null, 204);
  });

  control.get("/faults", (c) => c.json({ faults: faults.list }));
  control.post("/faults", async (c) => c.json(faults.add(readFaultSpec(await json(c))), 201));
  control.delete("/faults", (c) => {
    faults.clear();
    return c.body(null, 204);
  });
  control.get("/faults/:id", (c) => c.json(faultOf(host, c)));
  control.post("/faults/:id/release", (c) => {
    faultOf(host, c).release();
    return c.body(null, 204);
  });
  control.delete("/faults/:id", (c) => {
    faultOf(host, c).remove();
    return c.body(null, 204);
  });

  control.get("/switches", (c) => c.json({ switches: host.switches, catalogue: switchCatalogue }));
  control.patch("/switches", async (c) => {
    Object.assign(host.switches, parseSwitches(await json(c)));
    return c.json({ switches: host.switches });
  });

  control.get("/tenants", (c) => c.json({ tenants: [...host.tenants.values()].map(describe) }));
  control.get("/tenants/:tenant", (c) => c.json(describe(tenantOf(host, c))));
  control.get("/tenants/:tenant/policy", (c) => c.json(tenantOf(host, c).policy()));
  control.put("/tenants/:tenant/policy", async (c) => {
    const tenant = tenantOf(host, c);
    tenant.setPolicy(await json(c));
    return c.json(tenant.policy());
  });
  control.post("/tenants/:tenant/migrate", (c) => {
    tenantOf(host, c).migrateToProfiles();
    return c.json(tenantOf(host, c).policy());
  });
  control.post("/tenants/:tenant/stop-legacy-fields", (c) => {
    tenantOf(host, c).stopLegacyFields();
    return c.json(tenantOf(host, c).policy());
  });
  control.post("/tenants/:tenant/expire-tokens", (c) => {
    tenantOf(host, c).expireTokens();
    return c.body(null, 204);
  });
  control.put("/tenants/:tenant/permissions/:permission", (c) => {
    tenantOf(host, c).grantPermission(c.req.param("permission"));
    return c.body(null, 204);
  });
  control.delete("/tenants/:tenant/permissions/:permission", (c) => {
    tenantOf(host, c).revokePermission(c.req.param("permission"));
    return c.body(null, 204);
  });
  control.put("/tenants/:tenant/licence/:licence", (c) => {
    const licence = LICENCES.find((known) => known === c.req.param("licence"));
    if (licence === undefined) {
      throw new ControlError(400, `the licence has to be one of ${LICENCES.join(", ")}`);
    }
    tenantOf(host, c).licence = licence;
    return c.body(null, 204);
  });
  control.post("/tenants/:tenant/freeze-report", (c) => {
    tenantOf(host, c).freezeReport();
    return c.body(null, 204);
  });
  control.post("/tenants/:tenant/refresh-report", (c) => {
    tenantOf(host, c).refreshReport();
    return c.body(null, 204);
  });
  control.patch("/tenants/:tenant/methods/:method", async (c) => {
    const tenant = tenantOf(host, c);
    tenant.setMethod(c.req.param("method"), readMethodEdit(await json(c)));
    return c.json(tenant.method(c.req.param("method")));
  });
  control.get("/tenants/:tenant/users/:user/passkeys", (c) =>
    c.json({ passkeys: tenantOf(host, c).passkeys.list(c.req.param("user")) }),
  );
  control.post("/tenants/:tenant/users/:user/passkeys", async (c) =>
    c.json(tenantOf(host, c).passkeys.add(c.req.param("user"), readPasskey(await json(c))), 201),
  );
  control.delete("/tenants/:tenant/users/:user/passkeys/:id", (c) => {
    tenantOf(host, c).passkeys.remove(c.req.param("user"), c.req.param("id"));
    return c.body(null, 204);
  });
  control.patch("/tenants/:tenant/switches", async (c) => {
    const tenant = tenantOf(host, c);
    Object.assign(tenant.switches, parseSwitches(await json(c)));
    return c.json({ switches: tenant.effectiveSwitches });
  });

  control.all("*", (c) =>
    c.json({ error: { code: "NotFound", message: `There is no ${c.req.method} ${c.req.path}.` } }, 404),
  );
  app.onError((error, c) => {
    const foreseen = [SchemaError, SwitchError, DirectoryError].some((type) => error instanceof type);
    const status = error instanceof ControlError ? error.status : foreseen ? 400 : 500;
    return c.json({ error: { code: error.name, message: error.message } }, status);
  });
}

function describe(tenant: Tenant): object {
  return {
    id: tenant.id,
    displayName: tenant.displayName,
    domain: tenant.domain,
    cloud: tenant.cloud,
    licence: tenant.licence,
    mode: tenant.mode,
    client: tenant.client,
    permissions: [...tenant.permissions],
    legacyFieldsStopped: tenant.legacyFieldsStopped,
    switches: tenant.switches,
    groups: tenant.groups.list().map(({ id, displayName }) => ({ id, displayName })),
    users: tenant.directory.users.length,
  };
}

function tenantOf(host: ControlHost, c: EmulatorContext): Tenant {
  const name = c.req.param("tenant") ?? "";
  const tenant = findTenant(host.tenants, name);
  if (tenant === undefined) {
    throw new ControlError(404, `there is no tenant ${name}; there are ${[...host.tenants.keys()].join(", ")}`);
  }
  return tenant;
}

function faultOf(host: ControlHost, c: EmulatorContext) {
  const id = c.req.param("id") ?? "";
  const fault = host.faults.get(id);
  if (fault === undefined) {
    throw new ControlError(404, `there is no fault ${id}`);
  }
  return fault;
}

async function json(c: EmulatorContext): Promise<Record<string, unknown>> {
  const body: unknown = await c.req.json().catch(() => undefined);
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw new ControlError(400, "the body has to be a JSON object");
  }
  return body as Record<string, unknown>;
}

function number(c: EmulatorContext, name: string, fallback: number): number {
  const text = c.req.query(name);
  const value = text === undefined ? fallback : Number(text);
  if (!Number.isFinite(value) || value < 0) {
    throw new ControlError(400, `${name} has to be a number of at least 0`);
  }
  return value;
}
