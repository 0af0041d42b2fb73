import type { Seed } from "../seed.js";

/**
 * A company that has not opted in to passkey profiles: the documented sample, with attestation on, nothing restricted
 * and one excluded group.
 */
export const contosoLegacy: Seed = {
  tenants: [
    {
      id: "8b1f0d3a-52c4-4c1e-9d0a-6f2f7c1b9a01",
      displayName: "Contoso",
      domain: "contoso.example",
      mode: "legacy",
      policy: {
        state: "enabled",
        isSelfServiceRegistrationAllowed: true,
        isAttestationEnforced: true,
        keyRestrictions: { isEnforced: false, enforcementType: "block", aaGuids: [] },
        includeTargets: [{ id: "all_users" }],
        excludeTargets: [{ id: "Shared mailboxes" }],
      },
      groups: [
        { displayName: "Shared mailboxes", description: "Accounts that nobody signs in to" },
        { displayName: "IT administrators", description: "Secondary accounts of administrators" },
        { displayName: "Helpdesk" },
        { displayName: "Sales" },
        {
          displayName: "All Contoso",
          description: "A Microsoft 365 group, which the policy cannot target",
          groupTypes: ["Unified"],
          mailEnabled: true,
          securityEnabled: false,
        },
      ],
      users: [
        { displayName: "Adele Vance", jobTitle: "Retail Manager" },
        { displayName: "Alex Wilber", jobTitle: "Marketing Assistant" },
        { displayName: "Diego Siciliani", jobTitle: "HR Manager" },
        { displayName: "Isaiah Langer (admin)", userPrincipalName: "adm-isaiah@contoso.example" },
        { displayName: "Lee Gu (admin)", userPrincipalName: "adm-lee@contoso.example" },
        { displayName: "Megan Bowen", jobTitle: "Helpdesk" },
        { displayName: "Info", userPrincipalName: "info@contoso.example", accountEnabled: false },
        { displayName: "Ravi Guest", userPrincipalName: "ravi_fabrikam#EXT#@contoso.example", userType: "Guest" },
      ],
      memberships: {
        "Shared mailboxes": ["info@contoso.example"],
        "IT administrators": ["adm-isaiah@contoso.example", "adm-lee@contoso.example"],
        Helpdesk: ["megan.bowen@contoso.example", "IT administrators"],
        Sales: ["adele.vance@contoso.example", "alex.wilber@contoso.example"],
        "All Contoso": ["adele.vance@contoso.example", "diego.siciliani@contoso.example"],
      },
    },
  ],
};
