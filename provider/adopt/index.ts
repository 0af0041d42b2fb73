export { exportTenant } from "./exportTenant.js";
export type { ExportedTenant, ExportOptions } from "./exportTenant.js";
export type { LeftOut } from "./declare.js";
