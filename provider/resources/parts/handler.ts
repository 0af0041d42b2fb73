import { FRESH_MS } from "../../apply/index.js";
import type * as Policy from "../../policy/index.js";
import { canonicalJson } from "../../policy/digest.js";
import { problemText } from "../../policy/problem.js";
import type { Problem } from "../../policy/problem.js";
import type { Host } from "../host.js";
import { passkeyPolicyHandler } from "../passkeyPolicy/handler.js";
import type { Handler } from "../passkeyPolicy/handler.js";
import { givenBy } from "../passkeyPolicy/inputs.js";
import type { CheckedInputs, GuardSettings } from "../passkeyPolicy/inputs.js";
import type * as Shape from "../passkeyPolicy/shape.js";
import type { PolicyState } from "../passkeyPolicy/state.js";
import { UNKNOWN_VALUE } from "../passkeyPolicy/unknown.js";
import type { Part } from "./part.js";
import { declaredIn, inward, outward } from "./translate.js";
import type { Properties } from "./translate.js";

/**
 * The handler of a resource that declares one part of the policy: translates, and leaves all else to the handler of
 * `PasskeyPolicy`.
 */
export function partHandler<Declared extends GuardSettings>(
  host: Host,
  part: Part<Declared>,
): Handler<Properties, Properties> {
  const policy = passkeyPolicyHandler(host);
  const declaredOf = (properties: Properties) => declaredIn(part, properties);
  const inputsOf = (properties: Properties) => inward(part, properties) as unknown as CheckedInputs;
  const stateOf = (properties: Properties) => inward(part, properties) as unknown as PolicyState;
  /** An error with a state in it, which is ours. */
  const translated = (inputs: CheckedInputs, declared: Declared) => (error: unknown) => {
    const partly = error as Error & { id?: string; properties?: PolicyState };
    if (partly.properties !== undefined) {
      Object.assign(partly, { id: part.id(inputs), properties: outward(part, partly.properties, declared) });
    }
    throw error;
  };

  return {
    configure: (request) => policy.configure(request),

    async check(olds, news) {
      const [before, now] = [olds as Properties | undefined, news as Properties];
      const declared = declaredOf(now);
      const given = givenBy(now, part.declared);
      if (before === undefined || canonicalJson(declaredOf(before)) !== canonicalJson(given)) {
        const { checkShape } = require("../passkeyPolicy/shape.js") as typeof Shape;
        const misshapen = checkShape(given, part.type);
        const problems = misshapen.length > 0 ? misshapen : (part.problems?.(declared) ?? []);
        if (problems.length > 0) return { failures: problems.map(failure) };
      }
      const { inputs, failures } = await policy.check(before && inward(part, before), inward(part, now));
      if (inputs === undefined) return failures === undefined ? {} : { failures };
      return { inputs: outward(part, inputs, declared) };
    },

    async diff(id, olds, news) {
      const [before, now] = [olds as Properties, news as Properties];
      const { changes } = await policy.diff(id, inward(part, before), inward(part, now));
      if (!changes || now["resolved"] === undefined) return { changes };
      const [was, is] = [part.identity(inputsOf(before)), part.identity(inputsOf(now))];
      const replaces = Object.keys(is).filter((key) => was[key] !== is[key] && is[key] !== UNKNOWN_VALUE);
      return { changes, ...(replaces.length > 0 && { replaces }) };
    },

    async create(properties) {
      const inputs = inputsOf(properties);
      const declared = declaredOf(properties);
      const { outs } = await policy.create(inputs).catch(translated(inputs, declared));
      return { id: part.id(inputs), outs: outward(part, outs, declared) };
    },

    async read(id, properties) {
      const { props, inputs } = await policy.read(id, stateOf(properties));
      const gone = part.goneWith?.(inputs);
      if (gone !== undefined) {
        const { normalizePolicy, readFacet } = require("../../policy/index.js") as typeof Policy;
        const now = normalizePolicy(await host.session().policy(FRESH_MS));
        if (now.mode === "profiles" && readFacet(now, gone) === null) return { id: "", props: {}, inputs: {} };
      }
      const declared = part.fromPolicy(inputs, declaredOf(properties));
      return { id, props: outward(part, props, declared), inputs: outward(part, inputs, declared) };
    },

    async update(id, olds, news) {
      const inputs = inputsOf(news);
      const declared = declaredOf(news);
      const { outs } = await policy.update(id, stateOf(olds), inputs).catch(translated(inputs, declared));
      return { outs: outward(part, outs, declared) };
    },

    delete: (id, properties) => policy.delete(id, stateOf(properties)),
  };
}

const failure = (problem: Problem) => ({ property: "", reason: problemText(problem) });
