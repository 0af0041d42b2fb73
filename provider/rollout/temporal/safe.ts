import { withoutSecrets } from "../../graph/secret.js";
import { printable } from "../../policy/problem.js";
import type { RolloutPlan } from "../plan.js";

/** Variables that have a secret, and not the place of one. */
const SECRET = /(SECRET|PASSWORD|PASSPHRASE|TOKEN|API_KEY|ACCESS_KEY|CODEC_KEYS|CERTIFICATE)$/i;
/** What may be stored of one text. */
const LONGEST = 4_000;

/** Takes the secrets of this process out of a text that leaves it. */
export function safeText(env: NodeJS.ProcessEnv, plans: readonly RolloutPlan[] = []): (text: string) => string {
  const passwords = new Set(
    plans.flatMap(({ tenants }) =>
      tenants.map(({ credential }) => (credential.kind === "certificate" ? credential.passwordVariable : undefined)),
    ),
  );
  const secrets = Object.entries(env).flatMap(([name, value]) =>
    value !== undefined && (SECRET.test(name) || passwords.has(name)) ? [value] : [],
  );
  return (text) => {
    const safe = withoutSecrets(text, secrets).split("\n").map(printable).join("\n");
    return safe.length > LONGEST ? `${safe.slice(0, LONGEST)}...` : safe;
  };
}
