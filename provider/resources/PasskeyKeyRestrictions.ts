import type * as pulumi from "@pulumi/pulumi";
import type { PasskeyKeyRestrictionsInputs } from "./parts/passkeyKeyRestrictions.js";
import { EntraResource } from "./shim.js";
import type { Arguments } from "./shim.js";

/** The arguments of a {@link PasskeyKeyRestrictions}. */
export type PasskeyKeyRestrictionsArgs = Arguments<PasskeyKeyRestrictionsInputs>;

/**
 * The key restrictions of one passkey profile: which authenticator models it lets through. They act at registration and
 * at sign-in.
 *
 * @example
 * const keys = new PasskeyKeyRestrictions("nurses", {
 *   profile: nurses.profileId,
 *   isEnforced: true,
 *   enforcementType: "allow",
 *   models: ["YubiKey 5 Series with NFC"],
 * });
 *
 * @see https://learn.microsoft.com/graph/api/resources/fido2keyrestrictions
 */
export class PasskeyKeyRestrictions extends EntraResource {
  /** The tenant that the policy belongs to. */
  declare readonly tenantId: pulumi.Output<string>;
  /** `legacy` or `profiles`: whether the tenant has opted in to passkey profiles. */
  declare readonly mode: pulumi.Output<string>;
  /** The id of the profile, for targets that are to come after its key restrictions; known at preview. */
  declare readonly profileId: pulumi.Output<string>;

  constructor(name: string, args: PasskeyKeyRestrictionsArgs, options?: pulumi.CustomResourceOptions) {
    super("PasskeyKeyRestrictions", "passkeyKeyRestrictions", name, args, ["tenantId", "mode", "profileId"], options);
  }
}
