/** Conditional Access of nurses, and their first day. */
import * as azuread from "@pulumi/azuread";
import * as pulumi from "@pulumi/pulumi";
import { PasskeyAuthenticationStrength, TemporaryAccessPassPolicy, type GuardArgs } from "pulumi-entra-passkeys";

export interface NurseAccess {
  nurses: pulumi.Input<string>;
  breakGlass: pulumi.Input<string>;
  /** The models that sign in at the bedside, whatever else the policy accepts. */
  models: string[];
  /** `enabledForReportingButNotEnforced`, then `enabled`. */
  state: string;
  guard: GuardArgs;
}

export function nurseAccess(access: NurseAccess, options: pulumi.CustomResourceOptions): void {
  const { nurses, breakGlass, models, state, guard } = access;
  const users = { includedGroups: [nurses], excludedGroups: [breakGlass] };
  const clientAppTypes = ["all"];

  const atTheBedside = new PasskeyAuthenticationStrength(
    "nurses",
    { displayName: "Nurses' keys", models, ...guard },
    options,
  );
  const firstDay = new PasskeyAuthenticationStrength(
    "nursesFirstDay",
    {
      displayName: "Nurses' first day",
      allowedCombinations: ["fido2", "temporaryAccessPassOneTime"],
      models,
      ...guard,
    },
    options,
  );

  /** The ward's administrator issues the pass at the bedside, for one use. */
  new TemporaryAccessPassPolicy(
    "nurses",
    { state: "enabled", isUsableOnce: true, includeTargets: [nurses], removedIncludeTargets: ["all_users"] },
    options,
  );

  new azuread.ConditionalAccessPolicy(
    "nursesRegister",
    {
      displayName: "Nurses: register a key with a pass that works once, or with a key",
      state,
      conditions: { users, clientAppTypes, applications: { includedUserActions: ["urn:user:registersecurityinfo"] } },
      grantControls: { operator: "OR", authenticationStrengthPolicyId: firstDay.graphPath },
    },
    options,
  );

  new azuread.ConditionalAccessPolicy(
    "nursesSignIn",
    {
      displayName: "Nurses: sign in with a key",
      state,
      conditions: { users, clientAppTypes, applications: { includedApplications: ["All"] } },
      grantControls: { operator: "OR", authenticationStrengthPolicyId: atTheBedside.graphPath },
    },
    options,
  );
}
