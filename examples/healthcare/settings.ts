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

/** The nurses' group; where the configuration names none, a new one. */
export const nurses =
  config.get("nursesGroup") !== undefined
    ? await lookUp("nursesGroup")
    : new azuread.Group("nurses", { displayName: "Nurses", securityEnabled: true }, options).objectId;

/** Staff who work at a desk and may use their phone; none where it is not configured. */
export const officeStaff = config.get("officeGroup") === undefined ? undefined : await lookUp("officeGroup");

/** Emergency accounts: they always keep a key, and no Conditional Access policy of this program means them. */
export const breakGlass = await lookUp("breakGlassGroup");

/** Whether nurses may use USB keys with a fingerprint reader, too. */
export const fingerprint = config.getBoolean("fingerprint") ?? false;

/**
 * `false`: the tenant's default profile carries nurses and office staff alike. The only way in a tenant without passkey
 * profiles, and the way where others need the room.
 */
export const ownProfile = config.getBoolean("ownProfile") ?? true;

/** Of the default profile only: `false` lists the models and Authenticator, but restricts nobody. */
export const enforceList = config.getBoolean("enforceList") ?? true;

/** Refuse while another profile covers nurses and accepts more. */
export const exclusive = config.getBoolean("exclusive") ?? true;

/** Conditional Access only reports until somebody has read its reports: then `enabled`. */
export const conditionalAccess = config.get("conditionalAccess") ?? "enabledForReportingButNotEnforced";

const acknowledge = config.getObject<AcknowledgementInputs | AcknowledgementInputs[]>("acknowledge");

/** Each resource has a plan of its own; an acknowledgement names the plan that it is for, so all of them may have it. */
export const guard: GuardArgs = {
  breakGlass: { group: breakGlass },
  ...(acknowledge !== undefined && { acknowledge }),
};
