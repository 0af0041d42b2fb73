/** What the tests of the guard share: people with keys, lists that take some away, and what a refusal proposes. */
import { KEY } from "./util.ts";
import type { World } from "./util.ts";

export const seed = { seed: "contoso-profiles" };
export const ADELE = "adele.vance@contoso.example";
export const ALEX = "alex.wilber@contoso.example";
export const EMERGENCY = "emergency1@contoso.example";
export const ADMIN = "adm-isaiah@contoso.example";

/** The whole list of the default profile, which everyone has; the seed's other profile takes synced keys only. */
export const listing = (...models: string[]) => ({ profiles: { default: { keyRestrictions: { models } } } });

export const holds = (world: World, user: string, ...aaGuids: string[]) =>
  aaGuids.forEach((aaGuid) => world.tenant.passkeys.add(user, { aaGuid, attestationLevel: "attested" }));

/** Adele has the key that goes; she and nobody else. */
export function holder(world: World, ...methods: string[]): void {
  holds(world, ADELE, KEY);
  world.tenant.users.update(ADELE, { methods });
  world.tenant.setMethod("Sms", { state: "enabled" });
}

export const idOf = (world: World, user: string) => world.tenant.users.get(user).id;

/** The acknowledgement that a refusal proposes, as a program would have it. */
export function proposal(message: string, variable = false): Record<string, unknown> {
  const [, text = ""] =
    (variable ? /ENTRA_PASSKEYS_ACKNOWLEDGE='(\{.*?\})'/ : /acknowledge: (\{.*?\})/).exec(message) ?? [];
  const json = variable ? text : text.replace(/(\w+): /g, '"$1": ');
  return { ...(JSON.parse(json) as object), reason: "two keys are replaced by hand" };
}
