import { group } from "../published/directory.ts";
import { groupId, type Write } from "./write.ts";

const groupSample = {
  displayName: "Written",
  description: "Written",
  classification: "high",
  mailNickname: "written",
  membershipRule: "user.department -eq 'x'",
  membershipRuleProcessingState: "On",
  preferredDataLocation: "EUR",
  preferredLanguage: "en-US",
  theme: "Blue",
  visibility: "Private",
  uniqueName: "written",
  isAssignableToRole: false,
  mailEnabled: false,
  securityEnabled: true,
  groupTypes: ["DynamicMembership"],
  resourceBehaviorOptions: ["HideGroupInOutlook"],
  resourceProvisioningOptions: ["Team"],
  allowExternalSenders: false,
  autoSubscribeNewMembers: false,
  hideFromAddressLists: false,
  hideFromOutlookClients: false,
  isSubscribedByMail: false,
};
const groupUnsent = {
  assignedLabels: "the types of its members are not looked into",
  infoCatalogs: "in the types of beta only, and on no page",
  unseenCount: "counts for a signed-in user, whom an application does not have",
  writebackConfiguration: "in beta only, and its members are not looked into",
};

/** Groups. */
export const groupWrites: readonly Write[] = [
  {
    name: "a new group",
    seed: "contoso-legacy",
    shape: group,
    method: "POST",
    status: 201,
    path: () => "/groups",
    base: { displayName: "New", mailEnabled: false, mailNickname: "new", securityEnabled: true },
    sample: () => groupSample,
    unsent: groupUnsent,
    nulls: ["description"],
  },
  {
    name: "a group",
    seed: "contoso-legacy",
    shape: group,
    method: "PATCH",
    status: 204,
    path: (world) => `/groups/${groupId(world)}`,
    base: {},
    sample: () => groupSample,
    unsent: groupUnsent,
    nulls: ["description"],
  },
];
