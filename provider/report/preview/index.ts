export { buildReport, joinReports } from "./build.js";
export type * from "./facts.js";
export type * from "./model.js";
export { groupsOf } from "./naming.js";
export { COMMENT_LIMIT, markdownReport } from "./markdown.js";
export type { MarkdownOptions } from "./markdown.js";
