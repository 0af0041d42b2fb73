/** Conditional Access of pupils, and their first day. */
import * as azuread from "@pulumi/azuread";
import * as pulumi from "@pulumi/pulumi";
import { PasskeyAuthenticationStrength, TemporaryAccessPassPolicy, type GuardArgs } from "pulumi-entra-passkeys";
import { studentKeys, type OwnDevice } from "./rule.ts";

/** Microsoft's own strength: Windows Hello, any passkey that the policy accepts, or a certificate. */
const PHISHING_RESISTANT = "/policies/authenticationStrengthPolicies/00000000-0000-0000-0000-000000000004";

export interface StudentAccess {
  students: pulumi.Input<string>;
  breakGlass: pulumi.Input<string>;
  ownDevice: OwnDevice;
  /** `enabledForReportingButNotEnforced`, then `enabled`. */
  state: string;
  guard: GuardArgs;
}

export function studentAccess(access: StudentAccess, options: pulumi.CustomResourceOptions): void {
  const { students, breakGlass, ownDevice, state, guard } = access;
  const users = { includedGroups: [students], excludedGroups: [breakGlass] };
  const clientAppTypes = ["all"];

  // With a list that is no proof there is nothing to limit a strength to.
  const listed = ownDevice === "none";
  const signIn = listed
    ? new PasskeyAuthenticationStrength(
        "students",
        { displayName: "Pupils' keys", models: studentKeys, ...guard },
        options,
      ).graphPath
    : PHISHING_RESISTANT;
  const firstDay = listed
    ? new PasskeyAuthenticationStrength(
        "studentsFirstDay",
        {
          displayName: "Pupils' first day",
          allowedCombinations: ["fido2", "temporaryAccessPassOneTime"],
          models: studentKeys,
          ...guard,
        },
        options,
      ).graphPath
    : new azuread.AuthenticationStrengthPolicy(
        "studentsFirstDay",
        { displayName: "Pupils' first day", allowedCombinations: ["fido2", "temporaryAccessPassOneTime"] },
        options,
      ).id;

  /** The class teacher issues the pass; it works once. */
  new TemporaryAccessPassPolicy(
    "students",
    { state: "enabled", isUsableOnce: true, includeTargets: [students], removedIncludeTargets: ["all_users"] },
    options,
  );

  new azuread.ConditionalAccessPolicy(
    "studentsRegister",
    {
      displayName: "Pupils: register a key with a pass that works once, or with a key",
      state,
      conditions: { users, clientAppTypes, applications: { includedUserActions: ["urn:user:registersecurityinfo"] } },
      grantControls: { operator: "OR", authenticationStrengthPolicyId: firstDay },
    },
    options,
  );

  new azuread.ConditionalAccessPolicy(
    "studentsSignIn",
    {
      displayName: "Pupils: sign in with a key",
      state,
      conditions: { users, clientAppTypes, applications: { includedApplications: ["All"] } },
      grantControls: { operator: "OR", authenticationStrengthPolicyId: signIn },
    },
    options,
  );
}
