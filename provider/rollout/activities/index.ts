export { localActivities, type LocalActivities } from "./local.js";
export type { LocalOptions } from "./options.js";
export type { TenantDrift } from "./scan.js";
