import type { Graph } from "../graph/index.js";

/** What an inventory needs of Microsoft Graph. `createGraph` gives one. */
export type InventoryGraph = Pick<
  Graph,
  | "tenantId"
  | "readMembers"
  | "readFido2Methods"
  | "readRegistrationReport"
  | "readRegistrations"
  | "readAccounts"
  | "now"
>;

/** What knowing the other methods needs of Microsoft Graph. */
export type MethodsGraph = Pick<Graph, "readMethodPolicies" | "readStrengthRequirements">;
