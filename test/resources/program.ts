/** A program with several resources, handled as the engine handles it: levels of dependencies, deletes last. */
import assert from "node:assert/strict";
import { authenticationStrength } from "../../provider/dist/resources/documents/authenticationStrength.js";
import { documentHandler } from "../../provider/dist/resources/documents/handler.js";
import { temporaryAccessPassPolicy } from "../../provider/dist/resources/documents/temporaryAccessPass.js";
import { partHandler } from "../../provider/dist/resources/parts/handler.js";
import { passkeyGroupTarget } from "../../provider/dist/resources/parts/passkeyGroupTarget.js";
import { passkeyKeyRestrictions } from "../../provider/dist/resources/parts/passkeyKeyRestrictions.js";
import { passkeyProfile } from "../../provider/dist/resources/parts/passkeyProfile.js";
import { passkeyPolicyHandler } from "../../provider/dist/resources/passkeyPolicy/handler.js";
import type { Handler } from "../../provider/dist/resources/passkeyPolicy/handler.js";
import type { Host } from "../../provider/dist/resources/host.js";
import { CheckFailed } from "./util.ts";
import type { World } from "./util.ts";

type Properties = Record<string, unknown>;
type AnyHandler = Handler<Properties, Properties>;

export type Type =
  | "PasskeyPolicy"
  | "PasskeyProfile"
  | "PasskeyKeyRestrictions"
  | "PasskeyGroupTarget"
  | "TemporaryAccessPassPolicy"
  | "PasskeyAuthenticationStrength";

/** A resource as a program declares it; its arguments may come from the outputs of those before it. */
export interface Declaration {
  readonly type: Type;
  readonly name: string;
  readonly args: Properties | ((outputs: (resource: string) => Properties) => Properties);
}

interface Saved {
  readonly type: Type;
  readonly name: string;
  level: number;
  id: string;
  inputs: Properties;
  state: Properties;
  /** Its last run ended half-way. */
  broken?: boolean;
}

const copy = <T>(value: T): T => structuredClone(value);

/** The handlers of one process. */
export function handlersOf(host: Host): Record<Type, AnyHandler> {
  return {
    PasskeyPolicy: passkeyPolicyHandler(host) as unknown as AnyHandler,
    PasskeyProfile: partHandler(host, passkeyProfile),
    PasskeyKeyRestrictions: partHandler(host, passkeyKeyRestrictions),
    PasskeyGroupTarget: partHandler(host, passkeyGroupTarget),
    PasskeyAuthenticationStrength: documentHandler(host, authenticationStrength) as unknown as AnyHandler,
    TemporaryAccessPassPolicy: documentHandler(host, temporaryAccessPassPolicy) as unknown as AnyHandler,
  };
}

export const profile = (name: string, args: Declaration["args"]): Declaration => ({
  type: "PasskeyProfile",
  name,
  args,
});
export const restrictions = (name: string, args: Declaration["args"]): Declaration => ({
  type: "PasskeyKeyRestrictions",
  name,
  args,
});
export const target = (name: string, args: Declaration["args"]): Declaration => ({
  type: "PasskeyGroupTarget",
  name,
  args,
});
export const pass = (name: string, args: Declaration["args"]): Declaration => ({
  type: "TemporaryAccessPassPolicy",
  name,
  args,
});
export const strength = (name: string, args: Declaration["args"]): Declaration => ({
  type: "PasskeyAuthenticationStrength",
  name,
  args,
});
export const policy = (name: string, args: Declaration["args"]): Declaration => ({ type: "PasskeyPolicy", name, args });

export class Program {
  readonly lines: string[] = [];
  readonly saved = new Map<string, Saved>();
  readonly world: World;
  readonly stack: string;

  constructor(world: World, stack = "dev") {
    this.world = world;
    this.stack = stack;
  }

  /** A new process, as each command starts one. */
  process(): Record<Type, AnyHandler> {
    const stack = this.world.stack();
    const host = stack.process();
    const log = (line: string) => void this.lines.push(line);
    return handlersOf({ ...host, log, logOnce: log });
  }

  owner({ type, name }: Pick<Declaration, "type" | "name">): string {
    return `test/${this.stack}/${type === "PasskeyPolicy" ? name : `${type}::${name}`}`;
  }

  state(resource: string): Properties {
    const saved = this.saved.get(resource);
    assert.ok(saved, `there is no ${resource}`);
    return saved.state;
  }

  async #check(handlers: Record<Type, AnyHandler>, declared: Declaration, args: Properties, olds?: Properties) {
    const news = copy({ ...args, owner: this.owner(declared), __provider: declared.type });
    const { inputs, failures } = await handlers[declared.type].check(olds === undefined ? {} : copy(olds), news);
    if (failures !== undefined && failures.length > 0) throw new CheckFailed(failures);
    return copy(inputs!);
  }

  /** `pulumi preview`: tells which resources change. */
  async preview(...levels: Declaration[][]): Promise<string[]> {
    const handlers = this.process();
    const changes: string[] = [];
    const outputs = new Map<string, Properties>();
    for (const declared of levels.flat()) {
      const key = `${declared.type} ${declared.name}`;
      const inputs = await this.#check(handlers, declared, argsOf(declared, outputs), this.saved.get(key)?.inputs);
      const saved = this.saved.get(key);
      const diff = saved && (await handlers[declared.type].diff(saved.id, copy(saved.state), copy(inputs)));
      if (diff === undefined || diff.changes) changes.push(key);
      if (diff?.replaces !== undefined) await this.#check(handlers, declared, argsOf(declared, outputs));
      outputs.set(key, inputs);
    }
    const gone = [...this.saved.keys()].filter((key) => !outputs.has(key));
    return [...changes, ...gone.map((key) => `-${key}`)];
  }

  /** `--refresh` of an up. */
  refreshFirst = false;

  /** The update half of `pulumi up`; throws the first error once everything else of its level is through. */
  async apply(...levels: Declaration[][]): Promise<void> {
    const handlers = this.process();
    if (this.refreshFirst) await this.#read(handlers);
    const outputs = new Map<string, Properties>();
    const replaced: Saved[] = [];
    for (const [level, declarations] of levels.entries()) {
      const calls: Promise<void>[] = [];
      // Checks and diffs come one by one, while what was checked before is under way.
      for (const declared of declarations) {
        const inputs = await this.#plan(handlers, declared, argsOf(declared, outputs), replaced);
        const call = this.#run(handlers, declared, inputs, level, replaced).then(
          (state) => void outputs.set(`${declared.type} ${declared.name}`, state),
        );
        calls.push(call);
        // Where the check of the next one fails, nobody waits for it.
        call.catch(() => {});
      }
      const failed = (await Promise.allSettled(calls)).find(({ status }) => status === "rejected");
      if (failed !== undefined) throw (failed as PromiseRejectedResult).reason;
    }
    const gone = [...this.saved].filter(([key]) => !outputs.has(key));
    await this.#delete(
      handlers,
      [...gone.map(([, saved]) => saved), ...replaced],
      (saved) => void (replaced.includes(saved) || this.saved.delete(`${saved.type} ${saved.name}`)),
    );
  }

  readonly #toDo = new WeakMap<Properties, "nothing" | "update" | "create">();

  async #plan(handlers: Record<Type, AnyHandler>, declared: Declaration, args: Properties, replaced: Saved[]) {
    const key = `${declared.type} ${declared.name}`;
    const saved = this.saved.get(key);
    const inputs = await this.#check(handlers, declared, args, saved?.inputs);
    if (saved === undefined) {
      this.#toDo.set(inputs, "create");
      return inputs;
    }
    const { changes, replaces } = await handlers[declared.type].diff(saved.id, copy(saved.state), copy(inputs));
    if (replaces !== undefined || this.replaceAll) {
      replaced.push(saved);
      const again = await this.#check(handlers, declared, args);
      this.#toDo.set(again, "create");
      return again;
    }
    this.#toDo.set(inputs, changes || saved.broken ? "update" : "nothing");
    return inputs;
  }

  /** `--replace` of everything. */
  replaceAll = false;

  async #run(
    handlers: Record<Type, AnyHandler>,
    { type, name }: Declaration,
    inputs: Properties,
    level: number,
    replaced: readonly Saved[],
  ): Promise<Properties> {
    const key = `${type} ${name}`;
    const saved = this.saved.get(key);
    const keep = (id: string, state: Properties, broken?: true) => {
      const next = { type, name, level, id, inputs, state: copy(state), ...(broken && { broken }) };
      this.saved.set(key, next);
      return state;
    };
    try {
      switch (this.#toDo.get(inputs)) {
        case "create": {
          const { id, outs } = await handlers[type].create(copy(inputs));
          return keep(id, outs);
        }
        case "update": {
          const { outs } = await handlers[type].update(saved!.id, copy(saved!.state), copy(inputs));
          return keep(saved!.id, outs);
        }
        default:
          Object.assign(saved!, { inputs, level });
          return saved!.state;
      }
    } catch (error) {
      const { id, properties } = error as { id?: string; properties?: Properties };
      if (id !== undefined) keep(id, properties!, true);
      else if (saved !== undefined && replaced.includes(saved)) this.saved.set(key, saved);
      throw error;
    }
  }

  /** `pulumi up`: preview and update. */
  async up(...levels: Declaration[][]): Promise<void> {
    await this.preview(...levels);
    await this.apply(...levels);
  }

  async #delete(handlers: Record<Type, AnyHandler>, gone: readonly Saved[], done: (saved: Saved) => void) {
    const levels = [...new Set(gone.map(({ level }) => level))].sort((a, b) => b - a);
    for (const level of levels) {
      const calls = gone
        .filter((saved) => saved.level === level)
        .map((saved) => handlers[saved.type].delete(saved.id, copy(saved.state)).then(() => done(saved)));
      const failed = (await Promise.allSettled(calls)).find(({ status }) => status === "rejected");
      if (failed !== undefined) throw (failed as PromiseRejectedResult).reason;
    }
  }

  /** `pulumi refresh`. */
  refresh(): Promise<void> {
    return this.#read(this.process());
  }

  async #read(handlers: Record<Type, AnyHandler>): Promise<void> {
    for (const [key, saved] of [...this.saved]) {
      const { id, props, inputs } = await handlers[saved.type].read(saved.id, copy(saved.state));
      // The engine asks what a refresh changed; the resource need not be in the program any more.
      if (id !== "") await handlers[saved.type].diff(saved.id, copy(props), copy(saved.inputs));
      if (id === "") this.saved.delete(key);
      else Object.assign(saved, { id, state: copy(props), inputs: copy(inputs) });
    }
  }

  async destroy(): Promise<void> {
    await this.#delete(
      this.process(),
      [...this.saved.values()],
      (saved) => void this.saved.delete(`${saved.type} ${saved.name}`),
    );
  }
}

function argsOf({ args }: Declaration, outputs: ReadonlyMap<string, Properties>): Properties {
  if (typeof args !== "function") return args;
  return args((resource) => {
    const found = outputs.get(resource);
    assert.ok(found, `${resource} comes later`);
    return found;
  });
}

/**
 * A program as `pulumi stack export` prints it.
 *
 * @param chain each resource depends on those before it.
 */
export function exportOf(program: Program, chain = false): object {
  const names = [...program.saved.keys()];
  const resources = names.map((name, index) => ({
    urn: name,
    type: `pulumi-nodejs:dynamic/entra:${name.split(" ")[0]!}`,
    outputs: program.state(name),
    dependencies: chain ? names.slice(0, index) : [],
  }));
  return { deployment: { resources } };
}
