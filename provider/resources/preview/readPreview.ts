import * as v from "valibot";
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

const STATE = v.object({
  type: v.optional(v.string()),
  custom: v.optional(v.boolean()),
  inputs: v.nullish(v.record(v.string(), v.unknown())),
  outputs: v.nullish(v.record(v.string(), v.unknown())),
});

const STEP = v.object({
  op: v.string(),
  urn: v.string(),
  oldState: v.nullish(STATE),
  newState: v.nullish(STATE),
  diffReasons: v.nullish(v.array(v.string())),
  detailedDiff: v.nullish(v.record(v.string(), v.unknown())),
});

const DIAGNOSTIC = v.object({
  urn: v.optional(v.string()),
  message: v.optional(v.string(), ""),
  severity: v.optional(v.string()),
});

/** As much of the engine's account as is used here; the rest is its own. */
const PREVIEW = v.object({
  steps: v.nullish(v.array(STEP)),
  diagnostics: v.nullish(v.array(DIAGNOSTIC)),
  config: v.nullish(v.record(v.string(), v.unknown())),
  changeSummary: v.nullish(v.object({ same: v.optional(v.number()) })),
});

type State = v.InferOutput<typeof STATE>;
type Step = v.InferOutput<typeof STEP>;

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
  const isPreview =
    typeof document === "object" && document !== null && ("steps" in document || "diagnostics" in document);
  const read = isPreview ? v.safeParse(PREVIEW, document, { abortEarly: true }) : undefined;
  if (read?.success !== true) {
    const [issue] = read?.issues ?? [];
    const why =
      issue === undefined ? "it has neither steps nor diagnostics" : `${v.getDotPath(issue)}: ${issue.message}`;
    throw new Error(`${from}: it is no preview (${why}). Give what \`pulumi preview --json\` prints.`);
  }
  const { steps, diagnostics, config, changeSummary } = read.output;
  const [taken, told] = [steps ?? [], diagnostics ?? []];
  const urns = [...taken.map(({ urn }) => urn), ...told.map(({ urn }) => urn)];
  const urn = urns.find((one) => one?.startsWith("urn:pulumi:"));
  const lines = told.flatMap(({ message }) => message.split("\n")).map(plain);
  return {
    stack: urn === undefined ? from : stackOf(urn),
    resources: taken.flatMap(toResource),
    refused: refusedRecords(lines),
    errors: told
      .filter(({ severity }) => severity === "error")
      .map(({ urn: about, message }) => ({ ...(about && { urn: about }), message: plain(message).trim() })),
    config: new Map(
      Object.entries(config ?? {}).filter(
        (entry): entry is [string, string] => typeof entry[1] === "string" && entry[1] !== "[secret]",
      ),
    ),
    hidden: Math.max(0, (changeSummary?.same ?? 0) - shownSame(taken)),
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
  const op = Object.hasOwn(OPERATIONS, step.op) ? OPERATIONS[step.op] : undefined;
  const state = newState ?? oldState;
  if (op === undefined || state?.type === undefined) return [];
  if (state.custom !== true || state.type.startsWith("pulumi:providers:")) return [];
  const reasons = diffReasons ?? Object.keys(detailedDiff ?? {});
  return [
    {
      op,
      urn,
      type: state.type,
      name: urn.split("::").slice(3).join("::"),
      ...(oldState && op !== "create" && { old: properties(oldState) }),
      ...(newState && op !== "delete" && { new: properties(newState) }),
      changed: [...reasons].sort(),
    },
  ];
}

const properties = ({ inputs, outputs }: State): SavedProperties => ({ inputs: inputs ?? {}, outputs: outputs ?? {} });
