import { isObject, type Json } from "../policy/access/json.js";

/** Whom a token is for and what it may do. Neither the token nor the name of a person is in it. */
export interface TokenFacts {
  /** Tenant that issued it, GUID in lower case. */
  readonly tenantId?: string;
  /** Application (client) id. */
  readonly appId?: string;
  /** Object id of whoever signed in: a service principal or a user. */
  readonly objectId?: string;
  /** Whether a user signed in, so that the user's roles count, too. */
  readonly user: boolean;
  /** Whom the token is meant for: the base URL of a Graph, or its application id. */
  readonly audience?: string;
  /** Application permissions, or the delegated ones of a user; absent where the token does not say. */
  readonly permissions?: readonly string[];
  /** Template ids of the directory roles of a user; absent where the token does not say. */
  readonly roleIds?: readonly string[];
  /** Milliseconds since 1970. */
  readonly issued?: number;
  /** Milliseconds since 1970. */
  readonly expires?: number;
}

/**
 * Reads the claims of an access token that say who may do what; names and addresses are passed over. The signature is
 * not checked: that is the business of whom the token is for.
 *
 * @returns undefined for a token that is no JSON web token.
 * @see https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference
 */
export function readTokenFacts(token: string): TokenFacts | undefined {
  const claims = token.split(".").length === 3 ? claimsOf(token) : undefined;
  if (claims === undefined) return undefined;
  const { tid, appid, azp, oid, aud, idtyp, roles, scp, wids, iat, exp } = claims;
  const user = idtyp === "user" || (idtyp !== "app" && typeof scp === "string");
  const permissions = user ? words(scp) : texts(roles);
  const roleIds = user ? texts(wids) : undefined;
  const [tenantId, appId, objectId] = [text(tid), text(appid) ?? text(azp), text(oid)];
  const [audience, issued, expires] = [text(aud), milliseconds(iat), milliseconds(exp)];
  return {
    user,
    ...(tenantId !== undefined && { tenantId: tenantId.toLowerCase() }),
    ...(appId !== undefined && { appId }),
    ...(objectId !== undefined && { objectId }),
    ...(audience !== undefined && { audience }),
    ...(permissions !== undefined && { permissions }),
    ...(roleIds !== undefined && { roleIds }),
    ...(issued !== undefined && { issued }),
    ...(expires !== undefined && { expires }),
  };
}

/** The claims of a token; undefined where it cannot be read, which is its issuer's good right. */
export function claimsOf(token: string): Json | undefined {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"));
    return isObject(claims) ? claims : undefined;
  } catch {
    return undefined;
  }
}

const text = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);

const texts = (value: unknown): string[] | undefined =>
  Array.isArray(value) && value.every((item) => typeof item === "string") ? value : undefined;

const words = (value: unknown): string[] | undefined =>
  typeof value === "string" ? value.split(" ").filter((word) => word !== "") : undefined;

const milliseconds = (value: unknown): number | undefined =>
  typeof value === "number" && Number.isFinite(value) ? value * 1000 : undefined;
