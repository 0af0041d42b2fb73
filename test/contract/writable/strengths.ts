import { fido2Combination, strength } from "../published/strengths.ts";
import type { World } from "../world.ts";
import { AAGUID, typed, type Write } from "./write.ts";

const STRENGTHS = "/policies/authenticationStrengthPolicies";

/** Ids of the strength and the configuration that the requests about them change. */
export function keys({ tenant }: World) {
  const { id, combinationConfigurations } = tenant.authenticationStrengths.get("Keys");
  return { id, configuration: combinationConfigurations[0]?.id ?? "" };
}

const configuration = {
  shape: fido2Combination,
  seed: "contoso-legacy",
  base: typed("fido2CombinationConfiguration"),
} as const;
const configurationSample = { appliesToCombinations: ["fido2"], allowedAAGUIDs: [AAGUID] };

/** Authentication strengths and their configurations. */
export const strengthWrites: readonly Write[] = [
  {
    name: "a new authentication strength",
    seed: "contoso-legacy",
    shape: strength,
    method: "POST",
    status: 201,
    path: () => STRENGTHS,
    base: { displayName: "New", allowedCombinations: ["fido2"] },
    sample: () => ({
      displayName: "Written",
      description: "Written",
      allowedCombinations: ["fido2", "password,sms"],
      combinationConfigurations: [{ ...configuration.base, ...configurationSample }],
    }),
    nulls: ["description"],
  },
  {
    name: "an authentication strength",
    seed: "contoso-legacy",
    shape: strength,
    method: "PATCH",
    status: 204,
    path: (world) => `${STRENGTHS}/${keys(world).id}`,
    base: {},
    sample: () => ({ displayName: "Keys", description: "Written" }),
    unsent: {
      allowedCombinations: "has an action of its own",
      combinationConfigurations: "have requests of their own",
    },
  },
  {
    name: "the combinations of an authentication strength",
    seed: "contoso-legacy",
    shape: strength,
    method: "POST",
    status: 200,
    path: (world) => `${STRENGTHS}/${keys(world).id}/updateAllowedCombinations`,
    base: {},
    sample: () => ({ allowedCombinations: ["fido2", "password,voice"] }),
    unsent: Object.fromEntries(
      ["displayName", "description", "combinationConfigurations"].map((name) => [name, "no parameter of the action"]),
    ),
  },
  {
    name: "a new configuration of a combination",
    ...configuration,
    method: "POST",
    status: 201,
    path({ tenant }) {
      const name = `Unlimited ${tenant.authenticationStrengths.list().length}`;
      const { id } = tenant.authenticationStrengths.add({ displayName: name, allowedCombinations: ["fido2"] });
      return `${STRENGTHS}/${id}/combinationConfigurations`;
    },
    base: { ...configuration.base, ...configurationSample },
    sample: () => configurationSample,
  },
  {
    name: "a configuration of a combination",
    ...configuration,
    method: "PATCH",
    status: 204,
    path: (world) => `${STRENGTHS}/${keys(world).id}/combinationConfigurations/${keys(world).configuration}`,
    sample: () => configurationSample,
  },
];
