import assert from "node:assert/strict";
import { Journal } from "../../provider/dist/apply/index.js";
import type { Graph } from "../../provider/dist/graph/index.js";
import type { Fido2Policy } from "../../provider/dist/policy/index.js";
import { runAll, SimulationFailure } from "./report.ts";
import type { Variant } from "./world.ts";

type Body = Readonly<Record<string, unknown>>;
type PatchOptions = Parameters<Graph["patchPasskeyPolicy"]>[1];

/** A client that writes in another way than it should. */
const writing = (
  patch: (graph: Graph, body: Body, options: PatchOptions) => Promise<void>,
): Pick<Variant, "graph"> => ({
  graph: (graph) => ({
    ...graph,
    patchPasskeyPolicy: (body, options) => patch(graph, body, options),
  }),
});

const isLost = (error: unknown) => (error as Error).name === "OutcomeUnknownError";

class Forgetful extends Journal {
  override write(): void {}
}

/** Takes what it has sent for what is there, once. */
function trusting(graph: Graph): Graph {
  let sent: Body | undefined;
  return {
    ...graph,
    async readPasskeyPolicy() {
      const policy = await graph.readPasskeyPolicy();
      const body = sent;
      sent = undefined;
      return body === undefined ? policy : ({ ...policy, ...body } as Fido2Policy);
    },
    async patchPasskeyPolicy(body, options) {
      const { "@odata.type": _type, ...members } = body;
      sent = members;
      await graph.patchPasskeyPolicy(body, options);
    },
  };
}

/** What is broken, what the simulation has to say of it, and within how many schedules. */
const BROKEN: readonly [what: string, variant: Variant, found: RegExp, within: number][] = [
  [
    "a client that repeats a write whose answer was lost",
    writing(async (graph, body, options) => {
      try {
        await graph.patchPasskeyPolicy(body, options);
      } catch (error) {
        if (!isLost(error)) throw error;
        await graph.patchPasskeyPolicy(body, options);
      }
    }),
    /wrote again without reading|wrote what was there already/,
    300,
  ],
  ["a journal that forgets", { journal: (folder) => new Forgetful(folder) }, /at the end/, 500],
  ["a write that is not read back", { graph: trusting }, /ended well, but|at the end|wrote again/, 500],
  [
    "a client that tidies lists which are not its own",
    writing((graph, body, options) => {
      const { includeTargets } = body as { includeTargets?: { isRegistrationRequired?: boolean }[] };
      const tidy = includeTargets?.map((target) => ({ ...target, isRegistrationRequired: false }));
      return graph.patchPasskeyPolicy({ ...body, ...(tidy && { includeTargets: tidy }) }, options);
    }),
    /which is not its stack's/,
    300,
  ],
  [
    "a client that does not look again after it was put off",
    writing((graph, body) => graph.patchPasskeyPolicy(body)),
    /which is not its stack's/,
    3000,
  ],
  [
    "a client that takes a lost answer for a failure without a type",
    writing(async (graph, body, options) => {
      try {
        await graph.patchPasskeyPolicy(body, options);
      } catch (error) {
        throw isLost(error) ? new TypeError("lost") : error;
      }
    }),
    /an error that has no type/,
    300,
  ],
  [
    "a client that waits for ever",
    writing(async (graph, body, options) => {
      try {
        await graph.patchPasskeyPolicy(body, options);
      } catch (error) {
        if (!isLost(error)) throw error;
        await new Promise(() => {});
      }
    }),
    /never ends/,
    300,
  ],
];

describe("simulation of what is broken on purpose", function () {
  this.timeout(5 * 60_000);

  for (const [what, variant, found, within] of BROKEN) {
    it(`finds ${what}`, async () => {
      await assert.rejects(runAll(1, within, variant), (error: Error) => {
        assert.ok(error instanceof SimulationFailure, error.stack);
        assert.match(error.message, found);
        assert.match(error.message, /Again: .*SIMULATION_SEED=\d+ npm test -- test\/simulation\/simulation/);
        return true;
      });
    });
  }
});
