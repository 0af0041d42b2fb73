import type * as pulumi from "@pulumi/pulumi";
import type { PasskeyGroupTargetInputs } from "./parts/passkeyGroupTarget.js";
import { EntraResource } from "./shim.js";
import type { Arguments } from "./shim.js";

/** The arguments of a {@link PasskeyGroupTarget}. */
export type PasskeyGroupTargetArgs = Arguments<PasskeyGroupTargetInputs>;

/**
 * Groups as targets of the Passkey (FIDO2) policy with their passkey profiles, or as excludes. Several groups in one
 * resource are one write.
 *
 * @example
 * new PasskeyGroupTarget("nurses", { groups: ["Nurses"], profiles: [keys.profileId] });
 *
 * @see https://learn.microsoft.com/graph/api/resources/passkeyauthenticationmethodtarget
 */
export class PasskeyGroupTarget extends EntraResource {
  /** The tenant that the policy belongs to. */
  declare readonly tenantId: pulumi.Output<string>;
  /** `legacy` or `profiles`: whether the tenant has opted in to passkey profiles. */
  declare readonly mode: pulumi.Output<string>;
  /** Object ids by the names that the program uses; known at preview. */
  declare readonly groupIds: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: PasskeyGroupTargetArgs, options?: pulumi.CustomResourceOptions) {
    super("PasskeyGroupTarget", "passkeyGroupTarget", name, args, ["tenantId", "mode", "groupIds"], options);
  }
}
