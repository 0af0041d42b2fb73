import type { CredentialReference, TenantSpec } from "../plan.js";

/** A variable of the environment that a tenant's credential needs is missing. */
export class CredentialError extends Error {
  override readonly name = "CredentialError";

  constructor(
    /** Name of the tenant. */
    readonly tenant: string,
    readonly variable: string,
    reason: string,
  ) {
    super(`${tenant}: the environment variable ${variable} is missing. ${reason}`);
  }
}

/** Copied from under the prefix of a tenant. */
const PREFIXED = [
  "ARM_CLIENT_ID",
  "ARM_CLIENT_SECRET",
  "ARM_CLIENT_SECRET_FILE_PATH",
  "ARM_CLIENT_CERTIFICATE",
  "ARM_CLIENT_CERTIFICATE_PATH",
  "ARM_CLIENT_CERTIFICATE_PASSWORD",
  "ARM_USE_OIDC",
  "ARM_OIDC_TOKEN",
  "ARM_OIDC_TOKEN_FILE_PATH",
  "ARM_OIDC_REQUEST_URL",
  "ARM_OIDC_REQUEST_TOKEN",
  "ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID",
] as const;
const SECRETS = [
  "ARM_CLIENT_SECRET",
  "ARM_CLIENT_SECRET_FILE_PATH",
  "ARM_CLIENT_CERTIFICATE",
  "ARM_CLIENT_CERTIFICATE_PATH",
] as const;

/** Variables that sign in, of this process or under the prefix of any tenant. */
const SIGN_IN = /(^|_)ARM_(CLIENT_|OIDC_|USE_|ADO_PIPELINE_)\w+$/i;
const ENDPOINT = "ENTRA_PASSKEYS_ENDPOINT";

type Variables = Record<string, string>;

/**
 * The variables that make a tenant's Pulumi run, and what reads its Graph, sign in to that tenant and no other.
 *
 * Every variable of `env` that signs in and is not this tenant's is in the answer, too, as empty (a switch as `false`),
 * which counts as absent: so none is passed on where the answer is laid over an environment that has it.
 *
 * @param env usually `process.env`
 * @param all the tenants of the plan: variables with passwords of their certificates are emptied, too.
 * @throws CredentialError for a variable that is missing.
 */
export function environmentOf(
  tenant: TenantSpec,
  env: NodeJS.ProcessEnv,
  all: readonly TenantSpec[] = [tenant],
): Record<string, string> {
  const { credential } = tenant;
  const endpoint =
    (credential.kind === "environment" ? given(env, `${credential.prefix}_${ENDPOINT}`) : undefined) ??
    given(env, ENDPOINT);
  return {
    ...withheld(env, all),
    ARM_TENANT_ID: tenant.id,
    ARM_ENVIRONMENT: tenant.cloud,
    // Without it, whoever is signed in to Azure CLI would be taken for what is missing.
    ARM_USE_CLI: "false",
    ...signIn(tenant, credential, env, endpoint !== undefined),
    ...(endpoint !== undefined && { [ENDPOINT]: endpoint }),
  };
}

function withheld(env: NodeJS.ProcessEnv, all: readonly TenantSpec[]): Variables {
  const passwords = new Set(
    all.map(({ credential }) => (credential.kind === "certificate" ? credential.passwordVariable : undefined)),
  );
  const names = Object.keys(env).filter((name) => SIGN_IN.test(name) || passwords.has(name));
  return Object.fromEntries(names.map((name) => [name, /(^|_)ARM_USE_/i.test(name) ? "false" : ""]));
}

function signIn(tenant: TenantSpec, from: CredentialReference, env: NodeJS.ProcessEnv, local: boolean): Variables {
  switch (from.kind) {
    case "environment":
      return prefixed(tenant, from.prefix, env, local);
    case "federatedToken": {
      const source = from.tokenFile === undefined ? ciToken(env) : { ARM_OIDC_TOKEN_FILE_PATH: from.tokenFile };
      if (source === undefined && !local) throw new CredentialError(tenant.name, "ARM_OIDC_TOKEN", CI_TOKEN);
      return { ARM_CLIENT_ID: from.clientId, ARM_USE_OIDC: "true", ...source };
    }
    case "certificate": {
      const { clientId, path, passwordVariable } = from;
      const password = passwordVariable === undefined ? undefined : given(env, passwordVariable);
      if (passwordVariable !== undefined && password === undefined) {
        throw new CredentialError(tenant.name, passwordVariable, "Set it to the password of the certificate.");
      }
      return {
        ARM_CLIENT_ID: clientId,
        ARM_CLIENT_CERTIFICATE_PATH: path,
        ...(password !== undefined && { ARM_CLIENT_CERTIFICATE_PASSWORD: password }),
      };
    }
    case "managedIdentity":
      return { ARM_USE_MSI: "true", ...(from.clientId !== undefined && { ARM_CLIENT_ID: from.clientId }) };
  }
}

function prefixed(tenant: TenantSpec, prefix: string, env: NodeJS.ProcessEnv, local: boolean): Variables {
  const found: Variables = {};
  for (const name of PREFIXED) {
    const value = given(env, `${prefix}_${name}`);
    if (value !== undefined) found[name] = value;
  }
  // A local Graph needs no credentials.
  if (local) return found;
  if (found.ARM_CLIENT_ID === undefined) {
    throw new CredentialError(tenant.name, `${prefix}_ARM_CLIENT_ID`, "Set it to the application (client) id.");
  }
  if (SECRETS.some((name) => found[name] !== undefined)) return found;
  if (!/^(true|1)$/i.test(found.ARM_USE_OIDC?.trim() ?? "")) {
    const others = `${prefix}_ARM_CLIENT_CERTIFICATE_PATH, or ${prefix}_ARM_USE_OIDC=true`;
    throw new CredentialError(tenant.name, `${prefix}_ARM_CLIENT_SECRET`, `Set it, or ${others}.`);
  }
  if (found.ARM_OIDC_TOKEN !== undefined || found.ARM_OIDC_TOKEN_FILE_PATH !== undefined) return found;
  if (found.ARM_OIDC_REQUEST_URL !== undefined && found.ARM_OIDC_REQUEST_TOKEN !== undefined) return found;
  // What the CI system gives is the job's and no tenant's; a service connection of Azure DevOps is the tenant's.
  const connection = found.ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID;
  const requested = connection === undefined ? request(env, GITHUB) : request(env, AZURE_DEVOPS);
  if (requested !== undefined) return { ...found, ...requested };
  throw new CredentialError(tenant.name, `${prefix}_ARM_OIDC_TOKEN`, `Set it, or ${prefix}_ARM_OIDC_TOKEN_FILE_PATH.`);
}

const CI_TOKEN =
  "Set it, or ARM_OIDC_TOKEN_FILE_PATH, or name a tokenFile; in GitHub Actions give the job the permission " +
  "`id-token: write`.";

/** The ID token of the job, in the order in which the settings look for it. */
function ciToken(env: NodeJS.ProcessEnv): Variables | undefined {
  for (const name of ["ARM_OIDC_TOKEN", "ARM_OIDC_TOKEN_FILE_PATH"]) {
    const value = given(env, name);
    if (value !== undefined) return { [name]: value };
  }
  const requested = request(env, ["ARM_OIDC_REQUEST_URL", "ARM_OIDC_REQUEST_TOKEN"]) ?? request(env, GITHUB);
  if (requested !== undefined) return requested;
  const connection = CONNECTIONS.map((name) => given(env, name)).find((value) => value !== undefined);
  const pipeline = connection === undefined ? undefined : request(env, AZURE_DEVOPS);
  return pipeline && { ...pipeline, [CONNECTIONS[0]]: connection! };
}

const GITHUB = ["ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"] as const;
const AZURE_DEVOPS = ["SYSTEM_OIDCREQUESTURI", "SYSTEM_ACCESSTOKEN"] as const;
const CONNECTIONS = ["ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID", "ARM_OIDC_AZURE_SERVICE_CONNECTION_ID"] as const;

function request(env: NodeJS.ProcessEnv, names: readonly [url: string, token: string]): Variables | undefined {
  const [url, token] = names.map((name) => given(env, name));
  return url === undefined || token === undefined
    ? undefined
    : { ARM_OIDC_REQUEST_URL: url, ARM_OIDC_REQUEST_TOKEN: token };
}

/** An empty variable counts as absent: CI systems set variables for secrets that do not exist. */
function given(env: NodeJS.ProcessEnv, name: string): string | undefined {
  const value = env[name];
  return value === undefined || value.trim() === "" ? undefined : value;
}
