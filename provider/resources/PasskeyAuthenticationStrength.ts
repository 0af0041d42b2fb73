import * as pulumi from "@pulumi/pulumi";
import type { PasskeyAuthenticationStrengthInputs } from "./documents/authenticationStrength.js";
import { EntraResource } from "./shim.js";
import type { Arguments } from "./shim.js";

/** The arguments of a {@link PasskeyAuthenticationStrength}. */
export type PasskeyAuthenticationStrengthArgs = Arguments<PasskeyAuthenticationStrengthInputs>;

/**
 * A custom authentication strength that passkeys of some models satisfy, for Conditional Access to ask for at sign-in. It
 * can only narrow: a passkey that the tenant's policy refuses is not let in by a strength. It compares AAGUIDs and nothing
 * else.
 *
 * Needs the application permissions Policy.ReadWrite.ConditionalAccess and Policy.Read.All, and Entra ID P1.
 *
 * @example
 * const keys = new PasskeyAuthenticationStrength("admins", {
 *   displayName: "Administrators' keys",
 *   models: ["YubiKey 5 FIPS Series with NFC"],
 * });
 * new azuread.ConditionalAccessPolicy("admins", {
 *   ...
 *   grantControls: { operator: "OR", authenticationStrengthPolicyId: keys.graphPath },
 * });
 *
 * @see https://learn.microsoft.com/graph/api/resources/authenticationstrengthpolicy
 */
export class PasskeyAuthenticationStrength extends EntraResource {
  /** The tenant that the strength belongs to. */
  declare readonly tenantId: pulumi.Output<string>;
  /** The AAGUIDs that satisfy it, sorted; known at preview. */
  declare readonly allowedAAGUIDs: pulumi.Output<string[]>;
  /** `/policies/authenticationStrengthPolicies/<id>`, as `@pulumi/azuread` names a strength; `id` is the GUID alone. */
  readonly graphPath: pulumi.Output<string>;

  constructor(name: string, args: PasskeyAuthenticationStrengthArgs, options?: pulumi.CustomResourceOptions) {
    super("PasskeyAuthenticationStrength", "passkeyAuthenticationStrength", name, args, OUTPUTS, options);
    this.graphPath = pulumi.interpolate`/policies/authenticationStrengthPolicies/${this.id}`;
  }
}

const OUTPUTS = ["tenantId", "allowedAAGUIDs"];
