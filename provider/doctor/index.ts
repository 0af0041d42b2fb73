export { examine, type Examination, type ExaminationOptions } from "./examination.js";
export { countFindings, GROUPS, PURPOSES } from "./findings.js";
export type { Counts, Finding, Group, Purpose, Severity } from "./findings.js";
export { examinationJson, type ExaminationJson } from "./json.js";
export { examinationText, type Tint } from "./text.js";
