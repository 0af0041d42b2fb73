import { PasskeyPolicy } from "pulumi-entra-passkeys";
import { adminAccess } from "../admin-paw/access.ts";
import { adminRule } from "../admin-paw/rule.ts";
import { nurseAccess } from "../healthcare/access.ts";
import { healthcareRule, nurseKeys } from "../healthcare/rule.ts";
import { studentAccess } from "../student/access.ts";
import { studentRule } from "../student/rule.ts";
import {
  admins,
  breakGlass,
  conditionalAccess,
  everyoneElse,
  guard,
  nurses,
  options,
  profileLimit,
  replaceAllUsers,
  students,
} from "./settings.ts";

/** A profile for nurses alone where the tenant may have a fourth one; else the default profile carries them. */
const bedside = profileLimit > 3;

/** One plan for all: a group moves to its profile while the profile that it leaves is narrowed. */
const policy = new PasskeyPolicy(
  "personas",
  {
    profiles: {
      default: healthcareRule({ microsoftAuthenticator: true }),
      students: { name: "Students", ...studentRule(), exclusive: true },
      admins: { name: "Administrators", ...adminRule, exclusive: true },
      ...(bedside && { nurses: { name: "Nurses", ...healthcareRule(), exclusive: true } }),
    },
    includeTargets: [
      { group: students, profiles: ["students"] },
      { group: nurses, profiles: [bedside ? "nurses" : "default"] },
      { group: everyoneElse, profiles: ["default"] },
      { group: admins, profiles: ["admins"] },
      { group: breakGlass, profiles: ["admins"] },
    ],
    ...(replaceAllUsers && { removedIncludeTargets: ["all_users"] }),
    profileLimit,
    ...guard,
  },
  options,
);

const access = { breakGlass, state: conditionalAccess, guard };
const after = { ...options, dependsOn: policy };
studentAccess({ students, ownDevice: "none", ...access }, after);
nurseAccess({ nurses, models: nurseKeys, ...access }, after);
adminAccess({ admins, ...access }, after);

/** The ids of the passkey profiles. */
export const profileIds = policy.profileIds;
