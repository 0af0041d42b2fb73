import type { Host } from "../host.js";
import { DECLARED, declaredOf, givenBy } from "./inputs.js";
import type { CheckedInputs, PasskeyPolicyInputs } from "./inputs.js";
import type { PolicyState } from "./state.js";
import type * as Establish from "./establish.js";
import type * as GiveBack from "./giveBack.js";
import type * as Operations from "./operations.js";
import type * as Catalogue from "../../catalogue/edition.js";
import { canonicalJson } from "../../policy/digest.js";
import { problemText } from "../../policy/problem.js";
import { inPart } from "./places.js";
import { programOf } from "./program.js";
import { hasUnknown } from "./unknown.js";

export interface CheckFailure {
  property: string;
  reason: string;
}

/** The lifecycle of a resource, in the form in which Pulumi's dynamic provider calls it. */
export interface Handler<Inputs, State> {
  configure(request: { readonly config: { get(key: string): string | undefined } }): Promise<void>;
  check(olds: unknown, news: unknown): Promise<{ inputs?: Inputs; failures?: CheckFailure[] }>;
  /** `replaces` names the properties whose change makes it another resource. */
  diff(id: string, olds: unknown, news: unknown): Promise<{ changes: boolean; replaces?: string[] }>;
  create(inputs: Inputs): Promise<{ id: string; outs: State }>;
  /** An empty `id` says that the resource is gone. */
  read(id: string, props: State): Promise<{ id: string; props: State; inputs: Inputs }>;
  update(id: string, olds: State, news: Inputs): Promise<{ outs: State }>;
  delete(id: string, props: State): Promise<void>;
}

/** The lifecycle of a `PasskeyPolicy`. */
export type PasskeyPolicyHandler = Handler<CheckedInputs, PolicyState>;

type Raw = PasskeyPolicyInputs & Partial<CheckedInputs> & { owner: string };

/** What the loaded modules cost is paid only by runs that have something to do. */
const operations = (): typeof Operations => require("./operations.js") as typeof Operations;

const usesCatalogue = (inputs: Raw): boolean => Object.keys(inputs.resolved?.aaGuids ?? {}).length > 0;

/** Whether a declaration is word for word what was checked before, with the same edition of the catalogue. */
function unchanged(olds: Raw | undefined, news: Raw): boolean {
  if (olds?.resolved === undefined || olds.owner !== news.owner || hasUnknown(declaredOf(news))) return false;
  if (olds.resolved.drifted === true) return false;
  if (canonicalJson(declaredOf(olds)) !== canonicalJson(givenBy(news, DECLARED))) return false;
  if (!usesCatalogue(olds)) return true;
  const { catalogueEdition } = require("../../catalogue/edition.js") as typeof Catalogue;
  const { number, additions } = catalogueEdition();
  return olds.resolved.catalogue === number && olds.resolved.additions === additions;
}

/** Makes the handler on a host. Nothing is loaded, read or sent before it is needed. */
export function passkeyPolicyHandler(host: Host): PasskeyPolicyHandler {
  /** Who is in the program: a refresh asks for a diff of resources that may not be in it any more. */
  const checked = new Set<string>();
  return forPeople({
    configure(request) {
      // Stored before the first wait: Pulumi hands out the provider before configure is done.
      host.configure((key) => request.config.get(key));
      return Promise.resolve();
    },

    async check(oldInputs, newInputs) {
      const olds = oldInputs as Raw | undefined;
      const news = newInputs as Raw;
      checked.add(news.owner);
      const { tenantId } = host.settings();
      const foreign = otherTenant(olds?.tenantId, tenantId);
      if (foreign !== undefined) return { failures: [foreign] };
      if (unchanged(olds, news)) {
        const resolved = olds!.resolved!;
        return { inputs: { ...news, tenantId, profileIds: resolved.profileIds, resolved } };
      }
      const answer = await operations().checkChanged(host, news, olds?.resolved);
      if (answer.inputs !== undefined) return { inputs: answer.inputs };
      // Without a property: Pulumi would print "value {<nil>}" for a path that is not a top-level property.
      const failures = answer.refusals.map((problem) => ({
        property: "",
        reason: problemText(inPart(problem, news.owner)),
      }));
      return { failures };
    },

    async diff(_id, oldState, newInputs) {
      const olds = oldState as PolicyState;
      const news = newInputs as Raw;
      const parts = (inputs: Raw) => canonicalJson([declaredOf(inputs), resolvedParts(inputs)]);
      const { tenantId, owner, managed = {} } = olds;
      const interrupted =
        Object.values(managed).some(({ interim }) => interim !== undefined) ||
        host.journal.stopped(tenantId, owner, managed) !== undefined;
      const changes = interrupted || parts(olds) !== parts(news);
      const inProgram = checked.has(news.owner);
      if (inProgram && changes && news.resolved !== undefined)
        await operations().previewUpdate(host, olds, newInputs as CheckedInputs);
      // A check of something unchanged asks nothing and so claims nothing; here it is known what the resource owns.
      if (inProgram && !changes) {
        host.session().claim(news.owner, Object.keys(managed));
        const program = programOf(host.session());
        program.declare(newInputs as CheckedInputs);
        program.remember(olds, managed);
      }
      return { changes };
    },

    async create(inputs) {
      const { POLICY_ID, establish } = require("./establish.js") as typeof Establish;
      return { id: POLICY_ID, outs: await establish(host, inputs, undefined) };
    },

    async read(id, props) {
      const { state, inputs } = await operations().refresh(host, props);
      return { id, props: state, inputs };
    },

    async update(_id, olds, news) {
      const { establish } = require("./establish.js") as typeof Establish;
      return { outs: await establish(host, news, olds) };
    },

    async delete(_id, props) {
      const { giveBack } = require("./giveBack.js") as typeof GiveBack;
      await giveBack(host, props);
    },
  });
}

/** Why a state cannot be used with these settings. */
export function otherTenant(before: string | undefined, now: string): CheckFailure | undefined {
  if (before === undefined || before === now) return undefined;
  const reason =
    `this stack belongs to the tenant ${before}, but the settings name ${now}. ` +
    "Use one stack for each tenant, or set the tenant back.";
  return { property: "", reason };
}

/** What was looked up and decides what is written; the edition of the catalogue alone does not. */
function resolvedParts(inputs: Raw): unknown {
  const { profileIds, groups, aaGuids, drifted } = inputs.resolved ?? {};
  return { profileIds, groups, aaGuids, ...(drifted && { drifted }) };
}

/** Mistakes in this package, whose stack is worth having. */
const OURS: ReadonlySet<string> = new Set([
  "TypeError",
  "RangeError",
  "ReferenceError",
  "SyntaxError",
  "AssertionError",
]);

/**
 * Pulumi prints the stack of whatever a handler throws. What is meant for people has none, and a check that cannot reach
 * the tenant is a failure of the resource like any other.
 */
export function forPeople<Inputs, State>(handler: Handler<Inputs, State>): Handler<Inputs, State> {
  const plain = (error: unknown): never => {
    if (error instanceof Error && !OURS.has(error.name)) error.stack = "";
    throw error;
  };
  return {
    ...handler,
    check: (olds, news) =>
      handler.check(olds, news).catch((error: unknown) => {
        if (!(error instanceof Error) || OURS.has(error.name)) throw error;
        return { failures: [{ property: "", reason: error.message }] };
      }),
    diff: (id, olds, news) => handler.diff(id, olds, news).catch(plain),
    create: (inputs) => handler.create(inputs).catch(plain),
    read: (id, props) => handler.read(id, props).catch(plain),
    update: (id, olds, news) => handler.update(id, olds, news).catch(plain),
    delete: (id, props) => handler.delete(id, props).catch(plain),
  };
}
