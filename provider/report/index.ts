export { changesText } from "./changes.js";
export { matrixTable } from "./matrix.js";
export { modelChangeLines } from "./modelChanges.js";
export { modelList } from "./models.js";
export { policyTable } from "./table.js";
export type { ReportOptions } from "./words.js";
