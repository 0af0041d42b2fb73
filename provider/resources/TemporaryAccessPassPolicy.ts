import type * as pulumi from "@pulumi/pulumi";
import type { TemporaryAccessPassPolicyInputs } from "./documents/temporaryAccessPass.js";
import { EntraResource } from "./shim.js";
import type { Arguments } from "./shim.js";

/** The arguments of a {@link TemporaryAccessPassPolicy}. */
export type TemporaryAccessPassPolicyArgs = Arguments<TemporaryAccessPassPolicyInputs>;

/**
 * The Temporary Access Pass method of an Entra ID tenant: who may get a pass for the first sign-in, and what it may do.
 * Only what is declared is managed; other targets and settings stay as they are.
 *
 * Creating adopts, destroying gives back, as with `PasskeyPolicy`. Several stacks may declare the same setting with the same
 * value: the last one that is destroyed gives it back.
 *
 * Needs the application permission Policy.ReadWrite.AuthenticationMethod (Policy.Read.AuthenticationMethod for a
 * preview), and GroupMember.Read.All where groups are named or checked.
 *
 * @example
 * new TemporaryAccessPassPolicy("nurses", {
 *   state: "enabled",
 *   isUsableOnce: true,
 *   includeTargets: ["Nurses"],
 *   removedIncludeTargets: ["all_users"],
 * });
 *
 * @see https://learn.microsoft.com/graph/api/resources/temporaryaccesspassauthenticationmethodconfiguration
 */
export class TemporaryAccessPassPolicy extends EntraResource {
  /** The tenant that the policy belongs to. */
  declare readonly tenantId: pulumi.Output<string>;

  constructor(name: string, args: TemporaryAccessPassPolicyArgs, options?: pulumi.CustomResourceOptions) {
    super("TemporaryAccessPassPolicy", "temporaryAccessPassPolicy", name, args, ["tenantId"], options);
  }
}
