import type * as pulumi from "@pulumi/pulumi";
import type { PasskeyProfileInputs } from "./parts/passkeyProfile.js";
import { EntraResource } from "./shim.js";
import type { Arguments } from "./shim.js";

/** The arguments of a {@link PasskeyProfile}. */
export type PasskeyProfileArgs = Arguments<PasskeyProfileInputs>;

/**
 * One passkey profile of an Entra ID tenant without its key restrictions: its name, which kinds of passkey it accepts, and
 * attestation. For a profile whose parts have different owners; where one program declares all of it, use
 * `PasskeyPolicy`, which plans it as one.
 *
 * A new profile accepts no passkey until a {@link PasskeyKeyRestrictions} says which models.
 *
 * @example
 * const nurses = new PasskeyProfile("nurses", {
 *   name: "Nurses",
 *   passkeyTypes: ["deviceBound"],
 *   attestationEnforcement: "registrationOnly",
 * });
 *
 * @see https://learn.microsoft.com/graph/api/resources/passkeyprofile
 */
export class PasskeyProfile extends EntraResource {
  /** The tenant that the policy belongs to. */
  declare readonly tenantId: pulumi.Output<string>;
  /** `legacy` or `profiles`: whether the tenant has opted in to passkey profiles. */
  declare readonly mode: pulumi.Output<string>;
  /** The profile's id, or `default`; known at preview. */
  declare readonly profileId: pulumi.Output<string>;

  constructor(name: string, args: PasskeyProfileArgs, options?: pulumi.CustomResourceOptions) {
    super("PasskeyProfile", "passkeyProfile", name, args, ["tenantId", "mode", "profileId"], options);
  }
}
