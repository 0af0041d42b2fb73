/** A Microsoft cloud that has the Passkey (FIDO2) policy. */
export interface Cloud {
  readonly name: "global" | "usgovernmentl4" | "usgovernmentl5";
  /** For people. */
  readonly title: string;
  /** Base URL of Microsoft Graph, without a slash at the end. Tokens go to this host and no other. */
  readonly graph: string;
  /** Base URL of sign-in, without a slash at the end. */
  readonly login: string;
  /**
   * The cloud's metadata still types include targets as the base type, so a target that names profiles has to say which
   * type it is.
   */
  readonly typedTargets: boolean;
}

/**
 * The clouds, by name.
 *
 * @see https://learn.microsoft.com/graph/deployments
 */
export const CLOUDS = {
  global: {
    name: "global",
    title: "the global cloud",
    graph: "https://graph.microsoft.com",
    login: "https://login.microsoftonline.com",
    typedTargets: false,
  },
  usgovernmentl4: {
    name: "usgovernmentl4",
    title: "US Government L4 (GCC High)",
    graph: "https://graph.microsoft.us",
    login: "https://login.microsoftonline.us",
    typedTargets: true,
  },
  usgovernmentl5: {
    name: "usgovernmentl5",
    title: "US Government L5 (DoD)",
    graph: "https://dod-graph.microsoft.us",
    login: "https://login.microsoftonline.us",
    typedTargets: true,
  },
} as const satisfies Record<Cloud["name"], Cloud>;

/** The names that the azuread provider's `environment` takes. */
const ENVIRONMENTS: ReadonlyMap<string, Cloud> = new Map<string, Cloud>([
  ["global", CLOUDS.global],
  ["public", CLOUDS.global],
  ["usgovernment", CLOUDS.usgovernmentl4],
  ["usgovernmentl4", CLOUDS.usgovernmentl4],
  ["usgovernmentl5", CLOUDS.usgovernmentl5],
  ["dod", CLOUDS.usgovernmentl5],
]);

/** The cloud exists, but has no Passkey (FIDO2) policy. */
export class CloudUnsupportedError extends Error {
  override readonly name = "CloudUnsupportedError";

  constructor(readonly environment: string) {
    super(
      `The cloud "${environment}" is not supported: Microsoft Graph in China, operated by 21Vianet, has no Passkey ` +
        `(FIDO2) policy. Set ARM_ENVIRONMENT or azuread:environment to one of ${environmentNames()}.`,
    );
  }
}

/** The accepted names, for messages. */
export function environmentNames(): string {
  return [...ENVIRONMENTS.keys()].join(", ");
}

/**
 * The cloud of that name; the case does not matter.
 *
 * @returns undefined for a name that no cloud has.
 * @throws CloudUnsupportedError for `china`.
 */
export function findCloud(environment: string): Cloud | undefined {
  const name = environment.trim().toLowerCase();
  if (name === "china") throw new CloudUnsupportedError(name);
  return ENVIRONMENTS.get(name);
}
