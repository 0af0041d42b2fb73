import { PasskeyPersona } from "pulumi-entra-passkeys";
import { nurseAccess } from "./access.ts";
import { bedsideKeys, healthcareRule } from "./rule.ts";
import {
  breakGlass,
  conditionalAccess,
  enforceList,
  exclusive,
  fingerprint,
  guard,
  nurses,
  officeStaff,
  options,
  ownProfile,
} from "./settings.ts";

const office = officeStaff === undefined ? [] : [officeStaff];

/** At the bedside: a key that is tapped, with its PIN; no phone, nothing synced. */
const bedside = ownProfile
  ? new PasskeyPersona(
      "nurses",
      { profileName: "Nurses", groups: [nurses], ...healthcareRule({ fingerprint }), exclusive, ...guard },
      options,
    )
  : // One rule for both: whoever may use Authenticator in the office may use it at the bedside, too.
    new PasskeyPersona(
      "nurses",
      {
        defaultProfile: true,
        groups: [nurses, ...office],
        ...healthcareRule({ fingerprint, microsoftAuthenticator: office.length > 0, isEnforced: enforceList }),
        ...guard,
      },
      options,
    );

/** At a desk: the same keys, or the phone in one's own pocket. */
if (ownProfile && office.length > 0) {
  new PasskeyPersona(
    "office",
    {
      profileName: "Office staff",
      groups: office,
      ...healthcareRule({ fingerprint, microsoftAuthenticator: true }),
      exclusive,
      ...guard,
    },
    options,
  );
}

nurseAccess(
  { nurses, breakGlass, models: bedsideKeys(fingerprint), state: conditionalAccess, guard },
  { ...options, dependsOn: bedside },
);

/** The id of the passkey profile, for targets of other stacks. */
export const profileId = bedside.profileId;
