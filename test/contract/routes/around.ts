import {
  batchResponse,
  graphError,
  metadataEndpoints,
  openIdConfiguration,
  token,
  tokenError,
} from "../published/envelopes.ts";
import { user } from "../published/directory.ts";
import { fido2Configuration } from "../published/fido2.ts";
import { deviations, plainDeviations } from "../shape/check.ts";
import type { Structure } from "../shape/type.ts";
import { errorDeviations, headerDeviations, type World } from "../world.ts";
import { NOBODY, type Row } from "./row.ts";

const TOKEN = "POST /:tenant/oauth2/v2.0/token";

/** Sign-in and discovery, batches, and what the emulator does not have. */
export const aroundRows: Row[] = [
  { route: TOKEN, needs: "nothing", ask: askTokens },
  {
    route: "GET /:tenant/v2.0/.well-known/openid-configuration",
    needs: "nothing",
    async ask(world, route) {
      for (const tenant of [world.tenant.id, world.tenant.domain]) {
        const path = `/${tenant}/v2.0/.well-known/openid-configuration`;
        await world.askPlain(route, path, {}, (response, body) => json(response, body, 200, openIdConfiguration));
      }
    },
  },
  {
    route: "GET /metadata/endpoints",
    needs: "nothing",
    ask: (world, route) =>
      world.askPlain(route, "/metadata/endpoints?api-version=2022-09-01", {}, (response, body) =>
        json(response, body, 200, metadataEndpoints),
      ),
  },
  { route: "POST /:batch{\\$batch}", needs: "token", ask: askBatch },
  {
    route: "ALL /*",
    needs: "nothing",
    async ask(world) {
      for (const method of ["GET", "POST", "PATCH", "PUT", "DELETE"]) {
        const path = `/${world.version}/deviceManagement/managedDevices`;
        await world.askPlain(`${method} /:any/:any`, path, {}, (response, body) =>
          response.status === 501 ? errorDeviations(response, body) : [`expected 501, got ${response.status}`],
        );
      }
    },
  },
];

/** Plain JSON of a shape. */
function json(response: Response, body: unknown, status: number, shape: Structure): string[] {
  const type = response.headers.get("content-type") ?? "";
  return [
    ...(response.status === status ? [] : [`expected ${status}, got ${response.status}`]),
    ...(/^application\/json(;|$)/.test(type) ? [] : [`header content-type: got ${type}`]),
    ...plainDeviations(body, shape),
  ];
}

async function askTokens(world: World): Promise<void> {
  const { client, id, domain } = world.tenant;
  const good = {
    client_id: client.id,
    client_secret: client.secret,
    grant_type: "client_credentials",
    scope: `${world.emulator.url}/.default`,
  };
  const ask = (tenant: string, form: Record<string, string>, status: number, error?: string, code?: number) =>
    world.askPlain(TOKEN, `/${tenant}/oauth2/v2.0/token`, { body: new URLSearchParams(form) }, (response, body) => {
      const found = json(response, body, status, status === 200 ? token : tokenError);
      const answer = body as { error?: string; error_codes?: number[] };
      if (answer.error !== error || answer.error_codes?.[0] !== code) {
        found.push(`error: expected ${error} ${code}, got ${answer.error} ${answer.error_codes?.[0]}`);
      }
      return found;
    });
  await ask(id, good, 200);
  await ask(domain, good, 200);
  const { client_secret: _, ...bare } = good;
  await ask(
    id,
    {
      ...bare,
      client_assertion: "a.b.c",
      client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    },
    200,
  );
  await ask(NOBODY, good, 400, "invalid_request", 90002);
  await ask(id, bare, 401, "invalid_client", 7000218);
  await ask(id, { ...good, grant_type: "password" }, 400, "unsupported_grant_type", 70003);
  await ask(id, { ...good, scope: "User.Read" }, 400, "invalid_scope", 1002012);
  await ask(id, { ...good, client_id: "" }, 400, "invalid_request", 900144);
}

/** Requests of a batch, with what each has to answer. */
async function askBatch(world: World, route: string): Promise<void> {
  const fido2 = "/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/fido2";
  const [person] = world.tenant.users.list();
  const requests = [
    { id: "1", method: "GET", url: fido2 },
    { id: "2", method: "GET", url: `/users/${person?.id}` },
    { id: "3", method: "GET", url: `/groups/${NOBODY}` },
    { id: "4", method: "GET", url: "/deviceManagement/managedDevices" },
    { id: "5", method: "GET", url: "/users", dependsOn: ["3"] },
    write("6", "/groups", { displayName: "B", mailEnabled: false, mailNickname: "b", securityEnabled: true }),
  ];
  const shapes: Record<string, [number, Structure | undefined]> = {
    1: [200, fido2Configuration],
    2: [200, user],
    3: [404, undefined],
    4: [501, undefined],
    5: [424, undefined],
    6: [201, undefined],
  };
  const asked = { version: world.version, origin: world.emulator.url };
  const headers = {
    authorization: `Bearer ${world.emulator.token(world.tenant.id)}`,
    "content-type": "application/json",
  };
  const path = `/${world.version}/$batch`;
  await world.askPlain(route, path, { headers, body: JSON.stringify({ requests }) }, (response, body) => {
    const found = [...plainDeviations(body, batchResponse), ...headerDeviations(response, true)];
    const { responses } = body as { responses: { id: string; status: number; body?: unknown }[] };
    for (const one of responses) {
      const [status, shape] = shapes[one.id] ?? [0, undefined];
      const inside =
        shape !== undefined
          ? deviations(one.body, shape, asked)
          : status < 400 || status === 424
            ? []
            : plainDeviations(one.body, graphError);
      const lines = one.status === status ? inside : [`expected ${status}, got ${one.status}`];
      found.push(...lines.map((line) => `responses ${one.id}: ${line}`));
    }
    return found;
  });
  for (const wrong of [{}, { requests: [] }, { requests: [requests[0], requests[0]] }]) {
    await world.askPlain(route, path, { headers, body: JSON.stringify(wrong) }, (response, body) =>
      response.status === 400 ? errorDeviations(response, body) : [`expected 400, got ${response.status}`],
    );
  }
}

function write(id: string, url: string, body: object) {
  return { id, method: "POST", url, body, headers: { "Content-Type": "application/json" } };
}
