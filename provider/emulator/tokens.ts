import { createHmac, randomBytes, randomUUID, timingSafeEqual } from "node:crypto";
import { graphErrors } from "./errors.js";
import { derivedGuid } from "./guid.js";
import type { Tenant } from "./tenant.js";

/** Claims of an access token, with the names that Entra uses. */
export interface TokenClaims {
  aud: string;
  iss: string;
  iat: number;
  nbf: number;
  exp: number;
  appid: string;
  idtyp: "app";
  /** Object id of the application in the tenant. */
  oid: string;
  sub: string;
  tid: string;
  /** Application permissions. */
  roles: string[];
  /** Unique id of the token; starts with its serial number. */
  uti: string;
  ver: "1.0";
}

/** Issues and checks access tokens. They are signed, so that a token of another emulator run is no token here. */
export class Tokens {
  readonly #key = randomBytes(32);

  /** @param state where the emulator answers; its counter numbers the tokens */
  constructor(readonly state: { origin: string; nextToken: number }) {}

  /**
   * A token for an application.
   *
   * @param permissions roles in the token; those that the tenant grants when absent
   */
  issue(tenant: Tenant, appid: string, permissions: Iterable<string> = tenant.permissions): string {
    const oid = derivedGuid(tenant.id, "servicePrincipal", appid);
    tenant.directory.addPrincipal({ id: oid, appId: appid, displayName: `Application ${appid}` });
    const now = Math.floor(Date.now() / 1000);
    const claims: TokenClaims = {
      aud: this.state.origin,
      iss: `https://sts.windows.net/${tenant.id}/`,
      iat: now,
      nbf: now,
      exp: now + tenant.effectiveSwitches.tokenLifetimeSeconds,
      appid,
      idtyp: "app",
      oid,
      sub: oid,
      tid: tenant.id,
      roles: [...permissions],
      uti: `${this.state.nextToken++}-${randomUUID()}`,
      ver: "1.0",
    };
    const content = `${encode({ typ: "JWT", alg: "HS256" })}.${encode(claims)}`;
    return `${content}.${this.#sign(content)}`;
  }

  /** The tenant that a token names, without checking the token: enough to match faults and to write the audit log. */
  peek(authorization: string | null): string | undefined {
    const payload = bearer(authorization)?.split(".")[1];
    try {
      const claims: unknown = JSON.parse(Buffer.from(payload ?? "", "base64url").toString());
      return typeof claims === "object" && claims !== null && "tid" in claims ? String(claims.tid) : undefined;
    } catch {
      return undefined;
    }
  }

  /** @throws GraphHttpError 401 InvalidAuthenticationToken */
  verify(authorization: string | null, tenants: ReadonlyMap<string, Tenant>): { tenant: Tenant; claims: TokenClaims } {
    const token = bearer(authorization);
    if (token === undefined) {
      throw graphErrors.unauthenticated("Access token is empty.");
    }
    const [header = "", payload = "", signature = ""] = token.split(".");
    const expected = Buffer.from(this.#sign(`${header}.${payload}`));
    const given = Buffer.from(signature);
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
      throw graphErrors.unauthenticated("CompactToken validation failed: this emulator did not issue the token.");
    }
    const claims = JSON.parse(Buffer.from(payload, "base64url").toString()) as TokenClaims;
    const tenant = tenants.get(claims.tid);
    if (tenant === undefined) {
      throw graphErrors.unauthenticated(`There is no tenant ${claims.tid}.`);
    }
    if (claims.exp <= Date.now() / 1000 || Number.parseInt(claims.uti, 10) < tenant.firstGoodToken) {
      throw graphErrors.unauthenticated("Lifetime validation failed, the token is expired.");
    }
    return { tenant, claims };
  }

  #sign(content: string): string {
    return createHmac("sha256", this.#key).update(content).digest("base64url");
  }
}

function bearer(authorization: string | null): string | undefined {
  return /^Bearer\s+(\S+)$/i.exec(authorization ?? "")?.[1];
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
