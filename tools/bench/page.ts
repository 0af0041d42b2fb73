import { writeFileSync } from "node:fs";
import { cpus, release, totalmem, type } from "node:os";
import { join, resolve } from "node:path";
import { format, resolveConfig } from "prettier";
import { plot } from "./plot.ts";
import type { Report } from "./report.ts";

const DOCS = resolve(import.meta.dirname, "../../docs");

/** Writes what all benchmarks found to `docs/bench.md`, with a plot beside it. */
export async function writePage(reports: ReadonlyMap<string, Report>, engine: string): Promise<string> {
  const file = join(DOCS, "bench.md");
  const [cpu] = cpus();
  const machine: [string, string][] = [
    ["date", new Date().toISOString().slice(0, 10)],
    ["processor", `${cpu?.model.trim() ?? "unknown"}, ${cpus().length} cores`],
    ["memory", `${Math.round(totalmem() / 2 ** 30)} GiB`],
    ["system", `${type()} ${release().split("-")[0]}`],
    ["Node.js", process.version],
    ["Pulumi", engine],
  ];
  const lines = [
    "# Benchmarks",
    "",
    "Written by `npm run bench`, which measures everything side by side with programs that do less, in one run, against the",
    "local Microsoft Graph. Compare ratios and requests; times are those of this machine.",
    "",
    ...table([["", ""], ...machine]),
    "",
    "![Wall times](bench.svg)",
    ...[...reports].flatMap(([name, { rows, missed }]) => [
      "",
      `## ${name}`,
      "",
      ...table([["what", "how much"], ...rows.map(([label, value]): [string, string] => [label.trim(), value])]),
      ...(missed.length === 0 ? [] : ["", ...missed.map((goal) => `- Missed: ${goal}`)]),
    ]),
    "",
  ];
  const options = await resolveConfig(file);
  writeFileSync(file, await format(lines.join("\n"), { ...options, parser: "markdown" }));
  writeFileSync(join(DOCS, "bench.svg"), plot([...reports.values()].flatMap(({ bars = [] }) => bars)));
  return file;
}

function table([head, ...rows]: readonly (readonly [string, string])[]): string[] {
  const line = ([left, right]: readonly [string, string]) => `| ${cell(left)} | ${cell(right)} |`;
  return [line(head!), "| --- | --- |", ...rows.map(line)];
}

const cell = (text: string): string => text.replaceAll("|", "\\|");
