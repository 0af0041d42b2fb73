import { PasskeyPersona } from "pulumi-entra-passkeys";
import { adminAccess } from "./access.ts";
import { adminRule } from "./rule.ts";
import { admins, breakGlass, conditionalAccess, guard, options, pawFilter } from "./settings.ts";

/** Administrators and emergency accounts: hardware keys from a named list, and nothing else through another profile. */
const persona = new PasskeyPersona(
  "admins",
  { profileName: "Administrators", groups: [admins, breakGlass], ...adminRule, exclusive: true, ...guard },
  options,
);

adminAccess({ admins, breakGlass, pawFilter, state: conditionalAccess, guard }, { ...options, dependsOn: persona });

/** The id of the passkey profile, for targets of other stacks. */
export const profileId = persona.profileId;
