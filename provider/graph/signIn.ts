import { isGuid } from "../policy/guid.js";
import { secretsOf } from "./authentication.js";
import type { CachedCredential } from "./credentials.js";
import { GraphError, SignInError } from "./errors.js";
import { SettingsError } from "./reader.js";
import { redact } from "./secret.js";
import { graphBase, type ConnectionSettings } from "./settings.js";
import { claimsOf } from "./tokenFacts.js";

/** What to do about the sign-in errors that people meet most. */
const HINTS: ReadonlyMap<string, string> = new Map([
  ["AADSTS700016", "Check ARM_CLIENT_ID: the tenant does not know this application."],
  ["AADSTS90002", "Check ARM_TENANT_ID and ARM_ENVIRONMENT: this cloud does not know the tenant."],
  ["AADSTS900023", "Check ARM_TENANT_ID and ARM_ENVIRONMENT: this cloud does not know the tenant."],
  ["AADSTS7000215", "Check ARM_CLIENT_SECRET: it has to be the secret's value, not its id."],
  ["AADSTS7000222", "The client secret has expired: create a new one and set ARM_CLIENT_SECRET."],
  ["AADSTS700027", "Check the certificate: it is not, or no longer, registered with the application."],
  ["AADSTS700024", "The ID token has expired: pass a fresh one."],
  ["AADSTS70021", "Add a federated credential for this issuer and subject to the application."],
  ["AADSTS700211", "Add a federated credential for this issuer to the application."],
  ["AADSTS700212", "The federated credential's audience has to be api://AzureADTokenExchange."],
  ["AADSTS700213", "Add a federated credential for this subject to the application."],
  ["AADSTS53003", "A Conditional Access policy blocks this sign-in: exclude the workload, or meet the policy."],
]);

const GENERAL_HINT =
  "Check ARM_TENANT_ID, ARM_CLIENT_ID and the secret, certificate or ID token; without any of these, run `az login`.";

/** Tokens for Graph, with failures as {@link SignInError}. */
export class SignIn {
  /** Tokens that were given out, for taking them out of what services say. */
  readonly #issued = new Set<string>();

  constructor(
    private readonly settings: ConnectionSettings,
    private readonly credential: CachedCredential,
  ) {}

  /** The token to use now. */
  async token(): Promise<string> {
    return this.request(undefined);
  }

  /** A token that is not the last one, because Graph refused that; `claims` is what the refusal asked for. */
  async newToken(claims: string | undefined): Promise<string> {
    this.credential.forget();
    return this.request(claims);
  }

  private async request(claims: string | undefined): Promise<string> {
    try {
      const token = await this.credential.getToken(
        `${graphBase(this.settings)}/.default`,
        claims === undefined ? undefined : { claims },
      );
      if (token) return this.checked(token.token);
    } catch (error) {
      throw this.toSignInError(error);
    }
    throw this.toSignInError(new Error("there is no token"));
  }

  /** Every secret and token of this sign-in. */
  secrets(): string[] {
    return [...secretsOf(this.settings.authentication), ...this.#issued];
  }

  /**
   * A managed identity, and whatever else takes no tenant, signs in to its own. Graph goes by the token alone, so that a
   * token of another tenant would read and write that one.
   */
  private checked(token: string): string {
    this.#issued.add(token);
    const { tenantId } = this.settings;
    const issuedFor = tenantOf(token);
    if (issuedFor === undefined || issuedFor === tenantId) return token;
    const detail = `the token is of tenant ${issuedFor}`;
    throw new SignInError(
      { action: `signing in to tenant ${tenantId}`, code: "OtherTenant", detail },
      "Nothing was sent to Graph. Set ARM_TENANT_ID to the tenant of the identity, or sign in with an identity of this one.",
    );
  }

  private toSignInError(error: unknown): Error {
    if (error instanceof SettingsError || error instanceof GraphError) return error;
    const message = error instanceof Error ? error.message : String(error);
    const code = /AADSTS\d+/.exec(message)?.[0];
    const failure = {
      action: `signing in to tenant ${this.settings.tenantId}`,
      ...(code && { code }),
      detail: redact(message, this.secrets()),
    };
    // Without the cause: the library's errors carry the request that failed.
    return new SignInError(failure, HINTS.get(code ?? "") ?? GENERAL_HINT);
  }
}

/** The tenant that a token names; undefined where it names none. */
function tenantOf(token: string): string | undefined {
  const tenant = String(claimsOf(token)?.["tid"] ?? "").toLowerCase();
  return isGuid(tenant) ? tenant : undefined;
}
