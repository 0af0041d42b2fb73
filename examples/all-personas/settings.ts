/** What the stack's configuration says, with its defaults. */
import * as azuread from "@pulumi/azuread";
import * as pulumi from "@pulumi/pulumi";
import type { AcknowledgementInputs, GuardArgs } from "pulumi-entra-passkeys";

const config = new pulumi.Config();

/** A slip of the hand takes nothing away; `pulumi config set protect false` before a destroy. */
export const options = { protect: config.getBoolean("protect") ?? true };

const lookUp = (displayName: string) => azuread.getGroupOutput({ displayName, securityEnabled: true }).objectId;

export const students = lookUp(config.require("studentsGroup"));
export const nurses = lookUp(config.require("nursesGroup"));
export const admins = lookUp(config.require("adminsGroup"));

/** Emergency accounts: they always keep a key, and no Conditional Access policy of this program means them. */
export const breakGlass = lookUp(config.require("breakGlassGroup"));

/**
 * Everyone who is in none of the groups above, as a group: it stands in for `all_users`, which would cover pupils,
 * nurses and administrators, too.
 */
export const everyoneElse = lookUp(config.require("everyoneElseGroup"));

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
