/** What the stack's configuration says, with its defaults. */
import * as azuread from "@pulumi/azuread";
import * as pulumi from "@pulumi/pulumi";
import type { AcknowledgementInputs, GuardArgs } from "pulumi-entra-passkeys";

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

export const students = await lookUp("studentsGroup");
export const nurses = await lookUp("nursesGroup");
export const admins = await lookUp("adminsGroup");

/** Emergency accounts: they always keep a key, and no Conditional Access policy of this program means them. */
export const breakGlass = await lookUp("breakGlassGroup");

/**
 * Everyone who is in none of the groups above, as a group: it stands in for `all_users`, which would cover pupils,
 * nurses and administrators, too.
 */
export const everyoneElse = await lookUp("everyoneElseGroup");

/** `false` keeps the tenant's target `all_users`; the plan is refused while it covers an exclusive profile's people. */
export const replaceAllUsers = config.getBoolean("replaceAllUsers") ?? true;

/** How many profiles the tenant may have, the default one included. With four, nurses get one of their own. */
export const profileLimit = config.getNumber("profileLimit") ?? 3;

/** Conditional Access only reports until somebody has read its reports: then `enabled`. */
export const conditionalAccess = config.get("conditionalAccess") ?? "enabledForReportingButNotEnforced";

const acknowledge = config.getObject<AcknowledgementInputs | AcknowledgementInputs[]>("acknowledge");

/** Each resource has a plan of its own; an acknowledgement names the plan that it is for, so all of them may have it. */
export const guard: GuardArgs = {
  breakGlass: { group: breakGlass },
  adminGroups: [admins],
  ...(acknowledge !== undefined && { acknowledge }),
};
