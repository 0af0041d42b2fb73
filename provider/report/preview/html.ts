import type { PreviewReport } from "./model.js";
export function htmlReport(report: PreviewReport): string {
  return JSON.stringify(report);
}
