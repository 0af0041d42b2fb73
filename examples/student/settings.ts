/** What the stack's configuration says, with its defaults. */
import * as azuread from "@pulumi/azuread";
import * as pulumi from "@pulumi/pulumi";
import type { AcknowledgementInputs, GuardArgs } from "pulumi-entra-passkeys";
import type { OwnDevice } from "./rule.ts";

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

/** The pupils' group; where the configuration names none, a new one. */
export const students =
  config.get("studentsGroup") !== undefined
    ? await lookUp("studentsGroup")
    : new azuread.Group("students", { displayName: "Students", securityEnabled: true }, options).objectId;

/** Emergency accounts: they always keep a key, and no Conditional Access policy of this program means them. */
export const breakGlass = await lookUp("breakGlassGroup");

/** What a pupil's own device may add to the keys. */
export const ownDevice: OwnDevice =
  config.get("ownDevice", { allowedValues: ["none", "windowsHello", "synced"] }) ?? "none";

/** Refuse while another profile covers pupils and accepts more. */
export const exclusive = config.getBoolean("exclusive") ?? true;

/** Conditional Access only reports until somebody has read its reports: then `enabled`. */
export const conditionalAccess = config.get("conditionalAccess") ?? "enabledForReportingButNotEnforced";

const acknowledge = config.getObject<AcknowledgementInputs | AcknowledgementInputs[]>("acknowledge");

/** Each resource has a plan of its own; an acknowledgement names the plan that it is for, so all of them may have it. */
export const guard: GuardArgs = {
  breakGlass: { group: breakGlass },
  ...(acknowledge !== undefined && { acknowledge }),
};
