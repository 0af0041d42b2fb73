import { counted } from "../policy/counted.js";
import { printable } from "../policy/index.js";
import type { Cause, DriftEntry, DriftReport } from "./model.js";

/** How words of a text stand out; the words as they are where there is no terminal. */
export type Emphasis = (kind: "title" | "gone" | "new" | "aside", text: string) => string;

const PLAIN: Emphasis = (_kind, text) => text;

const CAUSES: Readonly<Record<Cause, string | undefined>> = {
  edit: undefined,
  migration: "Microsoft's migration to passkey profiles has made it so",
  unknown: "may be Microsoft's migration to passkey profiles, or an edit",
};

/** One sentence. */
function shortText({ tenant, drift, compared, against }: DriftReport): string {
  const all = `${counted(compared.parts, "part")} of ${counted(compared.resources, "resource")}`;
  const as = against === "state" ? "written" : "declared";
  if (drift.length === 0) return `Tenant ${tenant} is as ${as}: ${all}.`;
  return `Tenant ${tenant} is not as ${as}: ${drift.length} of ${all}.`;
}

/** Everything, resource by resource, field by field. */
export function driftText(report: DriftReport, emphasis: Emphasis = PLAIN): string {
  const byResource = new Map<string, DriftEntry[]>();
  for (const entry of report.drift) {
    byResource.set(entry.resource, [...(byResource.get(entry.resource) ?? []), entry]);
  }
  const sections = [...byResource].map(([resource, entries]) =>
    [
      emphasis("title", printable(resource)),
      ...entries.flatMap((entry) => entryLines(entry, report.against, emphasis)),
    ].join("\n"),
  );
  const hint =
    report.drift.length === 0
      ? []
      : [
          report.against === "state"
            ? "Who it was: Entra audit log, category Policy. `pulumi up --refresh` sets it back."
            : "`pulumi preview` shows what an update would do.",
        ];
  return `${[shortText(report), ...sections, ...report.notes.map((note) => `Note: ${printable(note)}`), ...hint].join("\n\n")}\n`;
}

function entryLines(entry: DriftEntry, against: DriftReport["against"], emphasis: Emphasis): string[] {
  const { part, written, now, cause } = entry;
  const why = CAUSES[cause];
  const lines = [`  ${printable(part)}${why === undefined ? "" : emphasis("aside", ` (${why})`)}`];
  const gone = written.filter((value) => !now.includes(value));
  const come = now.filter((value) => !written.includes(value));
  const [was, is] = against === "state" ? ["written", "now"] : ["declared", "there"];
  if (gone.length > 0 || written.length === 0) {
    lines.push(...listed(`- ${was}:`, written.length === 0 ? ["none"] : gone, emphasis, "gone"));
  }
  if (come.length > 0 || now.length === 0) {
    lines.push(...listed(`+ ${is}:`, now.length === 0 ? ["none"] : come, emphasis, "new"));
  }
  return lines;
}

const listed = (start: string, values: readonly string[], emphasis: Emphasis, kind: "gone" | "new"): string[] =>
  values.map((value) => emphasis(kind, `    ${start.padEnd(12)}${printable(value)}`));
