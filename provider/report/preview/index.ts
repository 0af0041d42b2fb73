export { buildReport, joinReports } from "./build.js";
export type * from "./facts.js";
export type * from "./model.js";
export { driftWords, type DriftWords } from "./driftWords.js";
export { groupsOf, Naming } from "./naming.js";
export { COMMENT_LIMIT, markdownReport } from "./markdown.js";
export type { MarkdownOptions } from "./markdown.js";
