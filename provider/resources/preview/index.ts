export { collectTenant, tenantOf } from "./collect.js";
export { openTenant, type ReportTenant } from "./host.js";
export { readPreviews, type Preview } from "./readPreview.js";
export { REPORT_VARIABLE } from "./record.js";
