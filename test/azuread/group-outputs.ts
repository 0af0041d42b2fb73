import type { Value, Values } from "./types.ts";

/** What the resource and the look-up have in common of a group; whatever Graph leaves out is empty. */
export function groupOutputs(body: Record<string, unknown>): Values {
  const text = (name: string) => (body[name] ?? "") as string;
  const flag = (name: string) => body[name] === true;
  const list = (name: string) => (body[name] ?? []) as Value[];
  return {
    objectId: text("id"),
    displayName: text("displayName"),
    description: text("description"),
    mail: text("mail"),
    mailEnabled: flag("mailEnabled"),
    mailNickname: text("mailNickname"),
    securityEnabled: flag("securityEnabled"),
    assignableToRole: flag("isAssignableToRole"),
    types: list("groupTypes"),
    visibility: text("visibility"),
    theme: text("theme"),
    preferredLanguage: text("preferredLanguage"),
    proxyAddresses: list("proxyAddresses"),
    behaviors: list("resourceBehaviorOptions"),
    provisioningOptions: list("resourceProvisioningOptions"),
    members: [],
    owners: [],
    onpremisesDomainName: text("onPremisesDomainName"),
    onpremisesGroupType: "",
    onpremisesNetbiosName: text("onPremisesNetBiosName"),
    onpremisesSamAccountName: text("onPremisesSamAccountName"),
    onpremisesSecurityIdentifier: text("onPremisesSecurityIdentifier"),
    onpremisesSyncEnabled: flag("onPremisesSyncEnabled"),
    writebackEnabled: false,
    // The next four are of Microsoft 365 groups only.
    autoSubscribeNewMembers: false,
    externalSendersAllowed: false,
    hideFromAddressLists: false,
    hideFromOutlookClients: false,
  };
}
