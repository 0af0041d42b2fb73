import type { EngineEvent } from "@pulumi/pulumi/automation";
import { printable, problemText } from "../../policy/problem.js";
import { readPreviews, type Preview } from "../../resources/preview/index.js";
import { resourceName } from "../../resources/passkeyPolicy/owner.js";

/** Operations that leave everything as it is. */
const IDLE: ReadonlySet<string> = new Set(["same", "read", "refresh", "discard", "remove-pending-replace"]);

/** Severities of diagnostics that are for people. */
const TOLD: ReadonlySet<string> = new Set(["info", "info#err", "warning", "error"]);

/** What the engine says when anything else has failed already. */
const CONSEQUENCE = /^((preview|update) failed|one or more errors occurred|resource \S+ failed)\.?$/i;

/** How a handler ends that was refused right before its first write. */
const REFUSED = /The change was refused and (nothing was written|what was written was put back)\. /;

/** What the engine has told of one command, event by event. */
export class EngineAccount {
  readonly #steps: object[] = [];
  readonly #diagnostics: object[] = [];
  readonly #written = new Set<string>();
  #config: Record<string, string> = {};
  #changes: Record<string, number> = {};

  /** @param tell a line that a resource said, for people. */
  constructor(readonly tell: (line: string) => void = () => {}) {}

  /** To be called with each event. */
  readonly take = (event: EngineEvent): void => {
    const { resourcePreEvent, resOutputsEvent, diagnosticEvent, policyEvent, preludeEvent, summaryEvent } = event;
    if (resourcePreEvent !== undefined) {
      const { op, urn, old, new: now, diffs, detailedDiff } = resourcePreEvent.metadata;
      this.#steps.push({ op, urn, oldState: old, newState: now, diffReasons: diffs, detailedDiff });
    }
    if (resOutputsEvent !== undefined) {
      const { op, urn, type, old, new: now } = resOutputsEvent.metadata;
      const isCustom = (now ?? old)?.custom === true && !type.startsWith("pulumi:providers:");
      if (isCustom && !IDLE.has(op)) this.#written.add(urn);
    }
    // Debug output is not among the severities that the API declares, and has whole states in it.
    if (diagnosticEvent !== undefined && diagnosticEvent.ephemeral !== true && TOLD.has(diagnosticEvent.severity)) {
      const { urn, message, severity } = diagnosticEvent;
      this.#diagnostics.push({ ...(urn && { urn }), message, severity });
      if (severity !== "error") this.#tellLines(message);
    }
    if (policyEvent?.enforcementLevel === "mandatory") {
      const { resourceUrn: urn, policyName, message } = policyEvent;
      const text = `the policy ${policyName} of the team forbids it: ${message}`;
      this.#diagnostics.push({ ...(urn && { urn }), message: text, severity: "error" });
    }
    if (preludeEvent !== undefined) this.#config = preludeEvent.config;
    if (summaryEvent !== undefined) this.#changes = { ...summaryEvent.resourceChanges };
  };

  #tellLines(message: string): void {
    for (const line of message.replace(/<\{%[^%]*%\}>/g, "").split("\n")) {
      const text = printable(line.trimEnd());
      if (text !== "" && !text.startsWith("entra-passkeys refused: ")) this.tell(text);
    }
  }

  /** How many resources were created, updated or deleted, providers and components not counted. */
  get written(): number {
    return this.#written.size;
  }

  /** The same as `pulumi preview --json` of the command would have said. */
  preview(stack: string): Preview {
    const document = {
      ...{ steps: this.#steps, diagnostics: this.#diagnostics, config: this.#config, changeSummary: this.#changes },
    };
    return readPreviews(JSON.stringify(document), stack)[0]!;
  }
}

/** Why resources were refused: by the guard, or by a rule of the service; a sentence each, or several. */
export function refusalsOf({ refused, errors }: Preview): string[] {
  const recorded = refused.map(
    ({ owner, refusals }) => `${resourceName(owner)}: ${refusals.map(problemText).join(" ")}`,
  );
  if (recorded.length > 0) return [...new Set(recorded)].map(printable);
  return errors.flatMap(({ urn, message }) => {
    const [first] = message.split("\n").flatMap((line) => {
      const found = REFUSED.exec(line);
      return found === null ? [] : [line.slice(found.index + found[0].length)];
    });
    return first === undefined ? [] : [printable(`${urn?.split("::").at(-1) ?? "the update"}: ${first}`)];
  });
}

/**
 * Why a command failed: what the engine says of it, else what the command has printed.
 *
 * @param error of the Automation API, with all that the command has printed in its message.
 */
export function failureOf({ errors }: Preview, error: Error): string {
  const told = errors.flatMap(({ urn, message }) => {
    const text = message.replace(/^error: /, "").trim();
    if (CONSEQUENCE.test(text)) return [];
    const name = urn?.startsWith("urn:pulumi:") === true ? urn.split("::").at(-1) : undefined;
    return [name === undefined ? text : `${name}: ${text}`];
  });
  return told.length > 0 ? legible([...new Set(told)].join("\n")) : printedBy(error);
}

/** Where in Node.js or in a package a program failed is nobody's business here. */
const INNER = /^\s+at .*(node:|[\\/]node_modules[\\/])/;

const legible = (text: string): string =>
  text
    .split(/\r?\n/)
    .filter((line) => line.trim() !== "" && !INNER.test(line))
    .map((line) => printable(line.trimEnd()))
    .join("\n");

/** Of what a command has printed, the lines about its error; without any, how it ended. */
export function printedBy({ message }: Error): string {
  const lines = message.split("\n");
  const first = lines.findIndex((line) => line.startsWith("error: "));
  if (first < 0) {
    const how = /Command ((?:failed|was killed|timed out)[^:]*): /.exec(message)?.[1];
    return how === undefined ? legible(message) : `the command ${how}`;
  }
  const rest = lines.slice(first);
  const end = rest.findIndex((line) => line.trim() === "" || line.startsWith(" err?: "));
  return legible((end < 0 ? rest : rest.slice(0, end)).join("\n").replace(/^error: /, ""));
}
