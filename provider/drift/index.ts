export { driftReport } from "./driftReport.js";
export { driftOfProgram } from "./fromProgram.js";
export { driftOfState } from "./fromState.js";
export type * from "./model.js";
export { driftText } from "./text.js";
export { checkWebhook, sendToWebhook } from "./webhook.js";
