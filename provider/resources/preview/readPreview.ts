import { refusedRecords, type RefusedRecord } from "./record.js";

/** What a preview says of one resource. */
export interface PreviewedResource {
  readonly op: "create" | "update" | "same" | "delete";
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  /** Inputs and outputs as the state has them; absent for a create. */
  readonly old?: SavedProperties;
  /** Absent for a delete. */
  readonly new?: SavedProperties;
  /** Names of the properties that change, as far as the engine tells. */
  readonly changed: readonly string[];
}

export interface SavedProperties {
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** One `pulumi preview --json`. */
export interface Preview {
  /** `project/stack`, or where it was read from if it names none. */
  readonly stack: string;
  /** In the order in which the engine came to them. */
  readonly resources: readonly PreviewedResource[];
  readonly refused: readonly RefusedRecord[];
  /** Errors, each with the resource that it is about. */
  readonly errors: readonly { readonly urn?: string; readonly message: string }[];
  /** The stack's configuration, without secrets. */
  readonly config: ReadonlyMap<string, string>;
  /** How many unchanged resources it counts and does not show. */
  readonly hidden: number;
  /** What resources said, line by line. */
  readonly lines: readonly string[];
}

interface Step {
  readonly op?: unknown;
  readonly urn?: unknown;
  readonly oldState?: State;
  readonly newState?: State;
  readonly diffReasons?: readonly unknown[];
  readonly detailedDiff?: object | null;
}

interface State {
  readonly type?: string;
  readonly custom?: boolean;
  readonly inputs?: Record<string, unknown>;
  readonly outputs?: Record<string, unknown>;
}

interface Diagnostic {
  readonly urn?: string;
  readonly message?: string;
  readonly severity?: string;
}

/**
 * Reads what `pulumi preview --json` wrote; several of them in one text are several stacks.
 *
 * @param from what messages call the text, for example its file.
 * @throws Error with the place, the reason and the way out for anything else.
 */
export function readPreviews(text: string, from: string): Preview[] {
  return documentsIn(text, from).map((document) => toPreview(document, from));
}

/** The engine writes one object with its last brace on a line of its own. */
function documentsIn(text: string, from: string): unknown[] {
  if (text.trim() === "") throw new Error(`${from}: it is empty. Give what \`pulumi preview --json\` prints.`);
  try {
    return [JSON.parse(text)];
  } catch {
    const parts = text.split(/^(?<=^\}[^\S\n]*\n)/m).filter((part) => part.trim() !== "");
    return parts.map((part) => {
      try {
        return JSON.parse(part) as unknown;
      } catch (error) {
        throw new Error(
          `${from}: it is not JSON (${(error as Error).message}). Give what \`pulumi preview --json\` prints to standard ` +
            "output, without what it prints to standard error.",
        );
      }
    });
  }
}

function toPreview(document: unknown, from: string): Preview {
  const given = (document ?? {}) as {
    steps?: unknown;
    diagnostics?: unknown;
    changeSummary?: { same?: number };
    config?: object;
  };
  const { steps = [], diagnostics = [] } = given;
  const isPreview = typeof document === "object" && document !== null && ("steps" in given || "diagnostics" in given);
  if (!isPreview || !Array.isArray(steps) || !Array.isArray(diagnostics)) {
    throw new Error(
      `${from}: it is no preview (it has neither steps nor diagnostics). Give what \`pulumi preview --json\` prints.`,
    );
  }
  const told = diagnostics as readonly Diagnostic[];
  const urns = [...(steps as readonly Step[]).map(({ urn }) => urn), ...told.map(({ urn }) => urn)];
  const urn = urns.find((one): one is string => typeof one === "string" && one.startsWith("urn:pulumi:"));
  const lines = told.flatMap(({ message = "" }) => message.split("\n")).map(plain);
  return {
    stack: urn === undefined ? from : stackOf(urn),
    resources: (steps as readonly Step[]).flatMap(toResource),
    refused: refusedRecords(lines),
    errors: told
      .filter(({ severity }) => severity === "error")
      .map(({ urn: about, message = "" }) => ({ ...(about && { urn: about }), message: plain(message).trim() })),
    config: new Map(
      Object.entries(given.config ?? {}).filter(
        (entry): entry is [string, string] => typeof entry[1] === "string" && entry[1] !== "[secret]",
      ),
    ),
    hidden: Math.max(0, (given.changeSummary?.same ?? 0) - shownSame(steps as readonly Step[])),
    lines,
  };
}

const shownSame = (steps: readonly Step[]): number => steps.filter(({ op }) => op === "same").length;

/** Without what the engine makes colours of. */
const plain = (text: string): string => text.replace(/<\{%[^%]*%\}>/g, "");

/** `project/stack` of a URN, which is `urn:pulumi:stack::project::type::name`. */
const stackOf = (urn: string): string => {
  const [stack = "", project = ""] = urn.replace(/^urn:pulumi:/, "").split("::");
  return `${project}/${stack}`;
};

const OPERATIONS: Readonly<Record<string, PreviewedResource["op"]>> = {
  same: "same",
  create: "create",
  "create-replacement": "create",
  update: "update",
  delete: "delete",
  "delete-replaced": "delete",
  import: "create",
  "import-replacement": "create",
};

function toResource(step: Step): PreviewedResource[] {
  const { urn, oldState, newState, diffReasons, detailedDiff } = step;
  const op = OPERATIONS[String(step.op)];
  const state = newState ?? oldState;
  if (op === undefined || typeof urn !== "string" || state?.type === undefined) return [];
  if (state.custom !== true || state.type.startsWith("pulumi:providers:")) return [];
  const reasons = diffReasons ?? Object.keys(detailedDiff ?? {});
  return [
    {
      op,
      urn,
      type: state.type,
      name: urn.split("::").slice(3).join("::"),
      ...(oldState !== undefined && op !== "create" && { old: properties(oldState) }),
      ...(newState !== undefined && op !== "delete" && { new: properties(newState) }),
      changed: reasons.map(String).sort(),
    },
  ];
}

const properties = ({ inputs = {}, outputs = {} }: State): SavedProperties => ({ inputs, outputs });
