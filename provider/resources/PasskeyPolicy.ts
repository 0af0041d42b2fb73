import type * as pulumi from "@pulumi/pulumi";
import type { PasskeyPolicyInputs } from "./passkeyPolicy/inputs.js";
import { EntraResource } from "./shim.js";
import type { Arguments } from "./shim.js";

/** The arguments of a {@link PasskeyPolicy}. */
export type PasskeyPolicyArgs = Arguments<PasskeyPolicyInputs>;

/**
 * A part of the Passkey (FIDO2) authentication method policy of an Entra ID tenant, declared as one unit: it is compared,
 * checked and applied as one plan, so that moving a group to another profile while narrowing the old one locks nobody
 * out in between.
 *
 * Creating adopts: the values that are there are kept in state, and destroying gives them back where nobody else has
 * changed them since. What is not declared is never touched.
 *
 * Needs the application permission Policy.ReadWrite.AuthenticationMethod (Policy.Read.AuthenticationMethod for a
 * preview), and GroupMember.Read.All where groups are named or checked. A change that can take a key from someone also
 * needs to know who has which: UserAuthMethod-Passkey.Read.All, and AuditLog.Read.All with Entra ID P1 for everyone, or an
 * inventory file.
 *
 * @example
 * new PasskeyPolicy("students", {
 *   profiles: {
 *     students: {
 *       name: "Students",
 *       passkeyTypes: ["deviceBound"],
 *       attestationEnforcement: "registrationOnly",
 *       keyRestrictions: { isEnforced: true, enforcementType: "allow", models: ["YubiKey 5 Series with NFC"] },
 *     },
 *   },
 *   includeTargets: [{ group: "Students", profiles: ["students"] }],
 * });
 *
 * @see https://learn.microsoft.com/graph/api/resources/fido2authenticationmethodconfiguration
 */
export class PasskeyPolicy extends EntraResource {
  /** The tenant that the policy belongs to. */
  declare readonly tenantId: pulumi.Output<string>;
  /** `legacy` or `profiles`: whether the tenant has opted in to passkey profiles. */
  declare readonly mode: pulumi.Output<string>;
  /** The ids of the declared profiles by their keys; known at preview. */
  declare readonly profileIds: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: PasskeyPolicyArgs, options?: pulumi.CustomResourceOptions) {
    super("PasskeyPolicy", "passkeyPolicy", name, args, ["tenantId", "mode", "profileIds"], options);
  }
}
