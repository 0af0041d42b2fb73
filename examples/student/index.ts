import { PasskeyGroupTarget, PasskeyKeyRestrictions, PasskeyProfile } from "pulumi-entra-passkeys";
import { studentAccess } from "./access.ts";
import { studentRule } from "./rule.ts";
import { breakGlass, conditionalAccess, exclusive, guard, options, ownDevice, students } from "./settings.ts";

const { keyRestrictions, ...kind } = studentRule(ownDevice);

/** Created closed: it accepts no passkey before its key restrictions are there. */
const profile = new PasskeyProfile("students", { name: "Students", ...kind, exclusive, ...guard }, options);

const keys = new PasskeyKeyRestrictions(
  "students",
  { profile: profile.profileId, ...keyRestrictions, ...guard },
  options,
);

/** Takes the profile's id from the key restrictions, so that pupils move to the profile when it has them. */
const target = new PasskeyGroupTarget(
  "students",
  { groups: [students], profiles: [keys.profileId], ...guard },
  options,
);

studentAccess({ students, breakGlass, ownDevice, state: conditionalAccess, guard }, { ...options, dependsOn: target });

/** The id of the passkey profile, for example for the stack of another school. */
export const profileId = keys.profileId;
