/** What `tenants.yaml` says, checked: durations in milliseconds, ids in lower case, every tenant in one wave. */
export interface RolloutPlan {
  /** Absolute path of the file. */
  readonly file: string;
  /** Absolute path of the folder of the Pulumi project. */
  readonly project: string;
  /** In the order of the file. */
  readonly tenants: readonly TenantSpec[];
  /** In the order in which they are rolled out. */
  readonly waves: readonly WaveSpec[];
  /** How many tenants may fail or be held back before a rollout stops. */
  readonly failureBudget: number;
}

export interface TenantSpec {
  /** GUID in lower case. */
  readonly id: string;
  /** What people call it; unique, ignoring case. Default: the id. */
  readonly name: string;
  /** Name of the Pulumi stack, without the project. */
  readonly stack: string;
  /** `global`, `usgovernment` or `usgovernmentl5`, as in `azuread:environment`. */
  readonly cloud: string;
  /** Stack configuration, `namespace:key` or a key of the project. No secrets. */
  readonly config: Readonly<Record<string, string>>;
  readonly credential: CredentialReference;
}

/** Where a secret is, and never the secret itself. */
export type CredentialReference =
  /** Variables of this environment under a prefix: `NORTHBANK_ARM_CLIENT_ID` for `{ prefix: "NORTHBANK" }`. */
  | { readonly kind: "environment"; readonly prefix: string }
  /** The ID token of the CI system, from a file or from where the CI system gives it. */
  | { readonly kind: "federatedToken"; readonly clientId: string; readonly tokenFile?: string }
  | {
      readonly kind: "certificate";
      readonly clientId: string;
      /** Absolute path. */
      readonly path: string;
      /** Name of the variable that has its password. */
      readonly passwordVariable?: string;
    }
  | { readonly kind: "managedIdentity"; readonly clientId?: string };

export interface WaveSpec {
  readonly name: string;
  /** Ids of tenants. */
  readonly tenants: readonly string[];
  /** How many tenants at the same time; at least 1. */
  readonly concurrency: number;
  readonly gate: GateSpec;
}

/** What has to hold before the next wave begins, in this order. */
export interface GateSpec {
  /** A command that ends with 0 where all is well; it gets the tenants of the wave in its environment. */
  readonly healthCheck?: { readonly command: readonly string[]; readonly timeoutMs: number };
  /** How long to wait after the last tenant of the wave. */
  readonly soakMs: number;
  /** Somebody has to approve; after this time without an answer the rollout stops. */
  readonly approval?: { readonly timeoutMs: number };
}
