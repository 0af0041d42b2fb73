import * as pulumi from "@pulumi/pulumi";
import {
  PasskeyGroupTarget,
  PasskeyKeyRestrictions,
  PasskeyProfile,
  type AcknowledgementInputs,
  type GuardSettings,
} from "pulumi-entra-passkeys";
import { nurseKeys } from "./models.ts";

const config = new pulumi.Config();
const nursesGroup = config.require("nursesGroup");
const exclusive = config.getBoolean("exclusive") ?? true;
const breakGlassGroup = config.get("breakGlassGroup");
const acknowledge = config.getObject<AcknowledgementInputs | AcknowledgementInputs[]>("acknowledge");

/** Each resource has a plan of its own; an acknowledgement names the plan that it is for, so all of them may have it. */
const guard: GuardSettings = {
  ...(breakGlassGroup !== undefined && { breakGlass: { group: breakGlassGroup } }),
  ...(acknowledge !== undefined && { acknowledge }),
};

/** Created closed: it accepts no passkey before its key restrictions are there. */
const nurses = new PasskeyProfile("nurses", {
  name: "Nurses",
  passkeyTypes: ["deviceBound"],
  attestationEnforcement: "registrationOnly",
  exclusive,
  ...guard,
});

const keys = new PasskeyKeyRestrictions("nurses", {
  profile: nurses.profileId,
  isEnforced: true,
  enforcementType: "allow",
  models: nurseKeys,
  ...guard,
});

/** Takes the profile's id from the key restrictions, so that nurses move to the profile when it has them. */
const wards = new PasskeyGroupTarget("nurses", {
  groups: [nursesGroup],
  profiles: [keys.profileId],
  ...guard,
});

/** The id of the passkey profile, for targets of other stacks. */
export const profileId = keys.profileId;

/** The object id of the nurses' group, as it was looked up. */
export const groupId = wards.groupIds.apply((ids) => ids[nursesGroup]);
