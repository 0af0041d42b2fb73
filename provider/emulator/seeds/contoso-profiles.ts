import { DEFAULT_PROFILE_ID, DEFAULT_PROFILE_NAME } from "../fido2/types.js";
import type { Seed } from "../seed.js";

const SYNCED = "e47a833c-5b0e-4f3d-8a54-1f0c2f7d9b36";

/** AAGUIDs of hardware keys as their makers publish them in the FIDO Metadata Service. */
const YUBIKEY_5_NFC = "2fc0579f-8113-47ea-b116-bb5a8db9202a";
const YUBIKEY_5_NFC_ENHANCED_PIN = "662ef48a-95e2-4aaa-a6c1-5b9c40375824";
const YUBIKEY_5_NFC_5_7 = "a25342c0-3cdc-4414-8e46-f4807fca511c";
const SECURITY_KEY_NFC = "e77e3c64-05e3-428b-8824-0cbeb04b829d";
const AUTHENTICATOR_IOS = "90a3ccdf-635c-4729-a248-9b709135078f";
const AUTHENTICATOR_ANDROID = "de1e552d-db1d-4423-a619-566b625cdc84";

/**
 * A company in profile mode, with the oddities of a live tenant of July 2026: the default profile is attested and yet
 * allows both types, one AAGUID is listed twice, the second profile keeps a list that it does not enforce, and
 * everyone has both profiles.
 */
export const contosoProfiles: Seed = {
  tenants: [
    {
      id: "3d6e2b7c-0f48-4a7b-b1d5-9c8e4f6a2b02",
      displayName: "Contoso",
      domain: "contoso.example",
      mode: "profiles",
      policy: {
        state: "enabled",
        isSelfServiceRegistrationAllowed: true,
        defaultPasskeyProfile: DEFAULT_PROFILE_ID,
        includeTargets: [{ id: "all_users", allowedPasskeyProfiles: [DEFAULT_PROFILE_ID, SYNCED] }],
        passkeyProfiles: [
          {
            id: DEFAULT_PROFILE_ID,
            name: DEFAULT_PROFILE_NAME,
            passkeyTypes: "deviceBound,synced",
            attestationEnforcement: "registrationOnly",
            keyRestrictions: {
              isEnforced: true,
              enforcementType: "allow",
              aaGuids: [
                YUBIKEY_5_NFC_ENHANCED_PIN,
                AUTHENTICATOR_ANDROID,
                AUTHENTICATOR_IOS,
                YUBIKEY_5_NFC,
                YUBIKEY_5_NFC_ENHANCED_PIN,
              ],
            },
          },
          {
            id: SYNCED,
            name: "synced",
            passkeyTypes: "synced",
            attestationEnforcement: "disabled",
            keyRestrictions: {
              isEnforced: false,
              enforcementType: "allow",
              aaGuids: [
                YUBIKEY_5_NFC,
                YUBIKEY_5_NFC_5_7,
                SECURITY_KEY_NFC,
                AUTHENTICATOR_IOS,
                AUTHENTICATOR_ANDROID,
                YUBIKEY_5_NFC_ENHANCED_PIN,
              ],
            },
          },
        ],
      },
      groups: [
        { displayName: "IT administrators", description: "Secondary accounts of administrators" },
        { displayName: "Executives" },
        { displayName: "Sales" },
        { displayName: "Break-glass", description: "Emergency accounts" },
        {
          displayName: "All Contoso",
          description: "A Microsoft 365 group, which the policy cannot target",
          groupTypes: ["Unified"],
          mailEnabled: true,
          securityEnabled: false,
        },
      ],
      users: [
        { displayName: "Adele Vance" },
        { displayName: "Alex Wilber" },
        { displayName: "Patti Fernandez", jobTitle: "President" },
        { displayName: "Isaiah Langer (admin)", userPrincipalName: "adm-isaiah@contoso.example" },
        { displayName: "Lee Gu (admin)", userPrincipalName: "adm-lee@contoso.example" },
        { displayName: "Emergency 1", userPrincipalName: "emergency1@contoso.example" },
        { displayName: "Emergency 2", userPrincipalName: "emergency2@contoso.example" },
      ],
      memberships: {
        "IT administrators": ["adm-isaiah@contoso.example", "adm-lee@contoso.example"],
        Executives: ["patti.fernandez@contoso.example"],
        Sales: ["adele.vance@contoso.example", "alex.wilber@contoso.example"],
        "Break-glass": ["emergency1@contoso.example", "emergency2@contoso.example"],
        "All Contoso": ["adele.vance@contoso.example"],
      },
    },
  ],
};
