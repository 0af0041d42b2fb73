import { printable } from "../../policy/index.js";
import type {
  Drift,
  MatrixChange,
  OtherChange,
  People,
  Persona,
  PersonOutcome,
  PlanReport,
  PreviewReport,
  Row,
  TenantReport,
  Verdict,
} from "./model.js";
import { differs } from "./personas.js";

export interface MarkdownOptions {
  /** The most characters of the text: GitHub and Azure DevOps take 65,536 in a comment. Default 65,536. */
  readonly limit?: number;
  /** Where the whole report is, for a text that has to be cut. */
  readonly artifact?: string | undefined;
}

/** GitHub's limit for a comment. */
export const COMMENT_LIMIT = 65_536;

/** A list in a table; longer ones are counted. */
const MOST_LINES = 25;

/**
 * A report as Markdown for a comment in a pull request. Names of things are shown as they are and mean nothing: no markup,
 * no mention, no link. What does not fit is left out from the end, section by section, with a sentence that says so.
 */
export function markdownReport(report: PreviewReport, options: MarkdownOptions = {}): string {
  const { limit = COMMENT_LIMIT } = options;
  const sections = [heading(report.verdict), ...report.tenants.flatMap((tenant) => tenantSections(tenant, report))];
  if (report.failures.length > 0) {
    const rows = report.failures.map(({ stack, reason }) => [text(stack), text(reason)]);
    sections.splice(1, 0, `### Previews that failed\n\n${table(["Stack", "Error"], rows)}`);
  }
  return cut(sections, limit, options.artifact);
}

const LEVEL: Readonly<Record<Verdict["level"], string>> = {
  nothing: "No change",
  change: "Change",
  lockout: "People would lose their way in",
  exposure: "Weaker keys would get in",
  error: "Error",
};

const heading = ({ level, sentence }: Verdict): string => `## Passkey policy: ${LEVEL[level]}\n\n${text(sentence)}`;

function tenantSections(tenant: TenantReport, { tenants }: PreviewReport): string[] {
  const several = tenants.length > 1;
  const stacks = tenant.stacks.map(code).join(", ");
  const title = several
    ? `### Tenant ${code(tenant.tenant)}\n\n${text(tenant.verdict.sentence)} (${stacks})`
    : `Tenant ${code(tenant.tenant)}, ${tenant.stacks.length === 1 ? "stack" : "stacks"} ${stacks}`;
  const source = tenant.source === "saved" ? " The policy is the saved one, not read from the tenant." : "";
  return [
    `${title}.${source}`,
    ...changeSections(tenant),
    ...peopleSections(tenant),
    ...planSections(tenant.plans),
    ...(tenant.verdict.level === "nothing" ? [] : [sizeSection(tenant)]),
    ...driftSections(tenant.drift),
    ...listSection(
      "Warnings",
      tenant.warnings.map(({ text: words }) => text(words)),
    ),
    ...(tenant.verdict.level === "nothing" ? [] : checkSections(tenant)),
    ...listSection("Not known", tenant.unread.map(text)),
    ...otherSections(tenant.others),
    ...matrixSections(tenant),
  ];
}

function changeSections({ general, personas, groups }: TenantReport): string[] {
  const changed = personas.filter(({ change }) => change !== "unchanged");
  if (general.length + changed.length + groups.length === 0) return [];
  return [
    "### What changes",
    ...(general.length > 0 ? [table(["Tenant", "Before", "After"], general.map(rowCells))] : []),
    ...changed.map(personaSection),
    ...(groups.length > 0
      ? [
          table(
            ["Group", "Profiles before", "Profiles after"],
            groups.map(({ group, before, after }) => [code(group), names(before), names(after)]),
          ),
        ]
      : []),
  ];
}

const names = (list: readonly string[]): string => (list.length === 0 ? "none" : list.map(code).join(", "));

function personaSection({ profile, change, groups, words, rows }: Persona): string {
  const who = groups.after.length > 0 ? groups.after : groups.before;
  const title = `#### ${code(profile)} (${change})${who.length === 0 ? "" : `: ${who.map(code).join(", ")}`}`;
  const changed = rows.filter(differs);
  const shown = change === "removed" ? [] : changed;
  return [
    title,
    words.map((sentence) => `- ${text(sentence)}`).join("\n"),
    ...(shown.length > 0 ? [table(["Setting", "Before", "After"], shown.map(rowCells))] : []),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

/** Of long lists only what differs is worth a line. */
function rowCells({ name, before, after }: Row): string[] {
  const both = before.filter((line) => after.includes(line)).length;
  const long = both > 3;
  const side = (own: readonly string[], other: readonly string[]) => {
    const lines = long ? own.filter((line) => !other.includes(line)) : own;
    const told = lines.slice(0, MOST_LINES).map(text);
    if (lines.length > MOST_LINES) told.push(`and ${lines.length - MOST_LINES} more`);
    if (long) told.push(`${lines.length === 0 ? "" : "and "}the same ${both}`);
    return told.join("<br>") || "none";
  };
  return [text(name), side(before, after), side(after, before)];
}

const OUTCOME: Readonly<Record<PersonOutcome, string>> = {
  lockedOut: "locked out: no method is left",
  stranded: "stranded: no phishing-resistant method is left",
  unknown: "not known",
  reduced: "lose a key and keep another",
  keeps: "lose nothing",
};

function peopleSections({ people, exposure }: TenantReport): string[] {
  const sections = people === undefined ? [] : ["### Who loses what", lossSection(people)];
  if (exposure.length === 0) return sections;
  const why = { exclusive: "exclusive profile", adminGroup: "administrators' group", admins: "has administrators" };
  const lines = exposure.map(
    ({ text: words, guarded }) =>
      `- ${text(words)}${guarded === undefined ? "" : ` **(has to be acknowledged: ${why[guarded]})**`}`,
  );
  return [...sections, `### What becomes acceptable to whom\n\n${lines.join("\n")}`];
}

function lossSection({ source, counts, reasons, notes }: People): string {
  const outcomes = (Object.keys(OUTCOME) as PersonOutcome[]).filter((outcome) => counts[outcome] > 0);
  const rows = outcomes.map((outcome) => [OUTCOME[outcome], counts[outcome].toLocaleString("en-US")]);
  const because = reasons
    .slice(0, MOST_LINES)
    .map(({ outcome, people, reason }) => `- ${people.toLocaleString("en-US")} ${short(outcome)}: ${text(reason)}`);
  return [
    `People: ${text(source)}.`,
    rows.length === 0 ? "Nobody was found." : table(["Outcome", "People"], rows),
    because.join("\n"),
    notes.map((note) => `- ${text(note)}`).join("\n"),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

const short = (outcome: PersonOutcome): string => OUTCOME[outcome].split(":")[0]!;

function planSections(plans: readonly PlanReport[]): string[] {
  const told = plans.filter(({ steps, refusals }) => steps.length + refusals.length > 0);
  if (told.length === 0) return [];
  return ["### What `pulumi up` runs", ...told.map(planSection)];
}

function planSection(plan: PlanReport): string {
  const { resource, stack, operation, digest, steps, refusals, acknowledgement, acknowledged } = plan;
  const parts = [`${code(resource)} of ${code(stack)} (${operation})${digest === "" ? "" : `, plan \`${digest}\``}`];
  if (steps.length > 0) {
    parts.push(
      table(
        ["Step", "What and why", "Risk"],
        steps.map(({ reason, risk }, index) => [String(index + 1), text(reason), text(risk ?? "none")]),
      ),
    );
  }
  if (refusals.length > 0) parts.push(`It would be refused:\n\n${refusals.map((one) => `- ${text(one)}`).join("\n")}`);
  if (acknowledgement !== undefined) {
    const where = acknowledgement.startsWith("acknowledge:") ? "write into the program" : "set for the update";
    parts.push(`If that is meant, ${where}, with your day and reason:\n\n${fence(acknowledgement)}`);
  }
  if (acknowledged !== undefined) {
    parts.push(`Acknowledged until ${text(acknowledged.until)}: ${text(acknowledged.reason)}`);
  }
  return parts.join("\n\n");
}

function sizeSection({ size: { bytes, profiles }, mode }: TenantReport): string {
  const kb = (count: number) => `${(count / 1024).toFixed(1)} KB`;
  const rows = [
    ["Size of the policy", kb(bytes.before), kb(bytes.after), kb(bytes.limit)],
    ...(mode === "profiles"
      ? [["Passkey profiles", String(profiles.before), String(profiles.after), String(profiles.limit)]]
      : []),
  ];
  return `### Size\n\n${table(["", "Before", "After", "Limit"], rows)}`;
}

function driftSections(drift: readonly Drift[]): string[] {
  if (drift.length === 0) return [];
  const rows = drift.map(({ resource, part, written, now, repaired }) => [
    code(resource),
    text(part),
    ...[written, now].map((lines) => rowCells({ name: "", before: lines, after: lines })[1]!),
    repaired ? "set back" : "stays",
  ]);
  return [`### Drift found on the way\n\n${table(["Resource", "Part", "Written", "Found", "This change"], rows)}`];
}

function listSection(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`### ${title}\n\n${lines.map((line) => `- ${line}`).join("\n")}`];
}

function checkSections({ checks }: TenantReport): string[] {
  const rows = checks.map(({ id, title, before, after }) => [
    id,
    title,
    before,
    before === after ? after : `**${after}**`,
  ]);
  const note = "The public EIDSCA checks; they read the default profile only, or the tenant-wide settings.";
  return [`### Checks\n\n${note}\n\n${table(["Check", "What", "Before", "After"], rows)}`];
}

function otherSections(others: readonly OtherChange[]): string[] {
  if (others.length === 0) return [];
  const rows = others.map(({ resource, stack, operation, lines }) => [
    code(resource),
    code(stack),
    operation,
    some(lines).map(text).join("<br>"),
  ]);
  const note = "What these do to people is not part of this report.";
  return [`### Other resources\n\n${note}\n\n${table(["Resource", "Stack", "Operation", "Changes"], rows)}`];
}

/** The first lines, and how many more there are. */
const some = (lines: readonly string[], most = 6): string[] =>
  lines.length <= most ? [...lines] : [...lines.slice(0, most), `and ${lines.length - most} more lines`];

function matrixSections({ matrix }: TenantReport): string[] {
  const { keys, rows, keysLeftOut } = matrix;
  const changed = rows.filter(({ cells }) => cells.some(({ register, signIn }) => moved(register) || moved(signIn)));
  if (changed.length === 0) return [];
  // People are few and keys are many: keys go down.
  const lines = keys.flatMap((key, column) => {
    const cells = changed.map(({ cells }) => cells[column]!);
    if (!cells.some(({ register, signIn }) => moved(register) || moved(signIn))) return [];
    return [[text(key), ...cells.map(bothArrows)]];
  });
  const more = keysLeftOut > 0 ? ` ${keysLeftOut} more models are in the whole report.` : "";
  const note = `As far as the passkey policy decides; where they differ, may register / may sign in. Only what changes.${more}`;
  return [`### Who may use which key\n\n${note}\n\n${table(["Key", ...changed.map(({ name }) => code(name))], lines)}`];
}

const moved = ({ before, after }: MatrixChange): boolean => before !== after;
const bothArrows = ({ register, signIn }: { register: MatrixChange; signIn: MatrixChange }): string =>
  arrow(register) === arrow(signIn) ? arrow(signIn) : `${arrow(register)} / ${arrow(signIn)}`;
const arrow = ({ before, after }: MatrixChange): string => (before === after ? after : `${before} → **${after}**`);

/** Puts sections together as far as they fit. */
function cut(sections: readonly string[], limit: number, artifact: string | undefined): string {
  const whole = `${sections.join("\n\n")}\n`;
  if (whole.length <= limit) return whole;
  const where = artifact === undefined ? "in the artifacts of the run" : `at <${artifact}>`;
  const end = `\n\n_The rest does not fit into a comment. The whole report is ${where}._\n`;
  let kept = "";
  for (const section of sections) {
    const next = kept === "" ? section : `${kept}\n\n${section}`;
    if (next.length + end.length > limit) break;
    kept = next;
  }
  return `${kept}${end}`.slice(0, limit);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/** Nothing that a reader sees: it keeps a host from making a mention, an issue or a link of a name. */
const BREAK = "\u200b";

/** Text that means nothing but itself: no markup, no HTML, no mention, no link, and stays on its line. */
export function text(value: string): string {
  return printable(value)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replace(/[\\`*_{}[\]()#+!|~^$=-]/g, (character) => (/[()+=-]/.test(character) ? character : `\\${character}`))
    .replaceAll("@", `@${BREAK}`)
    .replace(/#(?=\d)/g, `#${BREAK}`)
    .replaceAll("://", `:${BREAK}//`)
    .replace(/\bwww\./gi, (found) => `${found.slice(0, -1)}${BREAK}.`)
    .replace(/\bGH-(?=\d)/gi, (found) => `${found.slice(0, -1)}${BREAK}-`);
}

/** A name in a span of code, whatever is in it; also within a table. */
function code(value: string): string {
  const shown = printable(value).replaceAll("|", "\\|");
  const longest = Math.max(0, ...[...shown.matchAll(/`+/g)].map(([run]) => run.length));
  const ticks = "`".repeat(longest + 1);
  const pad = shown.startsWith("`") || shown.endsWith("`") || shown.trim() === "" ? " " : "";
  return `${ticks}${pad}${shown}${pad}${ticks}`;
}

function fence(value: string): string {
  return `\`\`\`ts\n${printable(value)}\n\`\`\``;
}
