/** Conditional Access of administrators, and their first day. */
import * as azuread from "@pulumi/azuread";
import * as pulumi from "@pulumi/pulumi";
import {
  PasskeyAuthenticationStrength,
  TemporaryAccessPassPolicy,
  workstationFilter,
  type GuardArgs,
  type WorkstationFilter,
} from "pulumi-entra-passkeys";
import { adminKeys } from "./rule.ts";

/** The policy blocks, and the filter says where it does not: mode and operator belong together. */
export const PAW = { mode: "exclude", rule: 'device.extensionAttribute1 -eq "PAW"' };

export interface AdminAccess {
  admins: pulumi.Input<string>;
  breakGlass: pulumi.Input<string>;
  /** Where the block does not hold: on privileged access workstations. Default {@link PAW}. */
  pawFilter?: WorkstationFilter;
  /** `enabledForReportingButNotEnforced`, then `enabled`. */
  state: string;
  guard: GuardArgs;
}

export function adminAccess(access: AdminAccess, options: pulumi.CustomResourceOptions): void {
  const { admins, breakGlass, pawFilter = PAW, state, guard } = access;
  const users = { includedGroups: [admins], excludedGroups: [breakGlass] };
  const clientAppTypes = ["all"];
  const everything = { includedApplications: ["All"] };
  const registering = { includedUserActions: ["urn:user:registersecurityinfo"] };

  const namedKeys = new PasskeyAuthenticationStrength(
    "admins",
    { displayName: "Administrators' keys", models: adminKeys, ...guard },
    options,
  );
  const firstDay = new PasskeyAuthenticationStrength(
    "adminsFirstDay",
    {
      displayName: "Administrators' first day",
      allowedCombinations: ["fido2", "temporaryAccessPassOneTime"],
      models: adminKeys,
      ...guard,
    },
    options,
  );

  /** Somebody else issues the pass, for one use within the hour. */
  new TemporaryAccessPassPolicy(
    "admins",
    { state: "enabled", isUsableOnce: true, includeTargets: [admins], removedIncludeTargets: ["all_users"] },
    options,
  );

  new azuread.ConditionalAccessPolicy(
    "adminsSignIn",
    {
      displayName: "Administrators: a named key on a compliant device",
      state,
      conditions: { users, clientAppTypes, applications: everything },
      grantControls: {
        operator: "AND",
        builtInControls: ["compliantDevice"],
        authenticationStrengthPolicyId: namedKeys.graphPath,
      },
    },
    options,
  );

  new azuread.ConditionalAccessPolicy(
    "adminsOnlyFromPaw",
    {
      displayName: "Administrators: from a privileged access workstation only",
      state,
      conditions: {
        users,
        clientAppTypes,
        applications: everything,
        devices: { filter: workstationFilter(pawFilter) },
      },
      grantControls: { operator: "OR", builtInControls: ["block"] },
    },
    options,
  );

  new azuread.ConditionalAccessPolicy(
    "adminsRegister",
    {
      displayName: "Administrators: register a key on a compliant device with a pass that works once, or with a key",
      state,
      conditions: { users, clientAppTypes, applications: registering },
      grantControls: {
        operator: "AND",
        builtInControls: ["compliantDevice"],
        authenticationStrengthPolicyId: firstDay.graphPath,
      },
    },
    options,
  );
}
