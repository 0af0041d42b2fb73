/** What the stack's configuration says, with its defaults. */
import * as azuread from "@pulumi/azuread";
import * as pulumi from "@pulumi/pulumi";
import type { AcknowledgementInputs, GuardArgs } from "pulumi-entra-passkeys";
import { PAW } from "./access.ts";

const config = new pulumi.Config();

/** A slip of the hand takes nothing away; `pulumi config set protect false` before a destroy. */
export const options = { protect: config.getBoolean("protect") ?? true };

/** The object id of the security group that the configuration names. */
async function lookUp(key: string): Promise<string> {
  const displayName = config.require(key);
  try {
    return (await azuread.getGroup({ displayName, securityEnabled: true })).objectId;
  } catch (error) {
    const reason = `${key}: the security group "${displayName}" could not be looked up: ${(error as Error).message}.`;
    throw new pulumi.RunError(`${reason} Check its name, and set it with: pulumi config set ${key} "<display name>"`);
  }
}

/** The administrators' secondary accounts. Looked up and never made here: who is in it decides who may do what. */
export const admins = await lookUp("adminsGroup");

/** Emergency accounts: they always keep a key, and no Conditional Access policy of this program means them. */
export const breakGlass = await lookUp("breakGlassGroup");

/** Which device is a privileged access workstation. */
export const pawFilter = { ...PAW, ...(config.get("pawRule") !== undefined && { rule: config.require("pawRule") }) };

/** Conditional Access only reports until somebody has read its reports: then `enabled`. */
export const conditionalAccess = config.get("conditionalAccess") ?? "enabledForReportingButNotEnforced";

const acknowledge = config.getObject<AcknowledgementInputs | AcknowledgementInputs[]>("acknowledge");

/** Each resource has a plan of its own; an acknowledgement names the plan that it is for, so all of them may have it. */
export const guard: GuardArgs = {
  breakGlass: { group: breakGlass },
  adminGroups: [admins],
  ...(acknowledge !== undefined && { acknowledge }),
};
