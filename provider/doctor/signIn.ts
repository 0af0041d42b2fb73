import { isAudience, type ConnectionSettings, type TokenFacts } from "../graph/index.js";
import { notesOf, sentences, type Finding } from "./findings.js";

const notes = notesOf("signIn");

/** Why no token could be had. */
export function signInFailed(error: unknown): Finding {
  const { says, next } = sentences((error as Error).message);
  return notes.error("token", says, next);
}

/**
 * Whom the token is for, and whether it is one for this tenant and cloud. Names are in none of it.
 *
 * @param now milliseconds since 1970
 */
export function checkToken(facts: TokenFacts | undefined, connection: ConnectionSettings, now: number): Finding[] {
  if (facts === undefined) {
    const says = "there is one, but it cannot be read here, so that tenant and permissions in it are not known";
    return [notes.warning("token", says, "Go by what Graph answers: see the permissions below")];
  }
  return [who(facts), tenant(facts, connection), audience(facts, connection), lifetime(facts, now)];
}

function who({ user, appId, objectId }: TokenFacts): Finding {
  const through = appId === undefined ? "" : ` through the application ${appId}`;
  const object = objectId === undefined ? "" : `, object id ${objectId}`;
  return user
    ? notes.info(
        "who",
        `a user (delegated)${through}${object}: the user's roles count as well as the permissions`,
        "Sign in as an application where nobody watches, such as in CI",
      )
    : notes.ok("who", `the application ${appId ?? "without an id"}${object}`);
}

function tenant({ tenantId }: TokenFacts, connection: ConnectionSettings): Finding {
  if (tenantId === connection.tenantId) return notes.ok("tenant of the token", tenantId);
  if (tenantId === undefined) {
    return notes.warning("tenant of the token", "the token does not say it", "Compare the policy below with yours");
  }
  const next =
    connection.authentication.kind === "azureCli"
      ? `Run \`az login --tenant ${connection.tenantId}\`, or correct ARM_TENANT_ID`
      : "Correct ARM_TENANT_ID, or sign in with an application of that tenant";
  return notes.error("tenant of the token", `${tenantId}, but the settings name ${connection.tenantId}`, next);
}

function audience(facts: TokenFacts, connection: ConnectionSettings): Finding {
  const subject = "audience";
  if (facts.audience === undefined) {
    return notes.warning(subject, "the token does not say whom it is for", "Go by what Graph answers below");
  }
  if (isAudience(connection, facts.audience)) return notes.ok(subject, `Microsoft Graph (${facts.audience})`);
  return notes.error(
    subject,
    `the token is for ${facts.audience}, and not for ${connection.endpoint ?? connection.cloud.graph}`,
    "Set ARM_ENVIRONMENT to the cloud of the tenant, and sign in again",
  );
}

const MINUTE = 60_000;

function lifetime({ expires }: TokenFacts, now: number): Finding {
  if (expires === undefined) return notes.info("lifetime", "the token does not say how long it is good");
  const minutes = Math.floor((expires - now) / MINUTE);
  if (minutes >= 5) return notes.ok("lifetime", `good for ${minutes} minutes; a new one is fetched before that`);
  const says = minutes < 0 ? "it has expired by this machine's clock" : `it is good for ${minutes} minutes only`;
  return notes.warning("lifetime", says, "Check the clock below; sign in again");
}
