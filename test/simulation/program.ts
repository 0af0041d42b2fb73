/** The programs of a stack, run by an engine that may be killed at any wait. */
import type { Handler } from "../../provider/dist/resources/passkeyPolicy/handler.js";
import { handlersOf, Program } from "../resources/program.ts";
import type { Type } from "../resources/program.ts";
import { Process } from "./process.ts";
import type { World } from "./world.ts";

type AnyHandler = Handler<Record<string, unknown>, Record<string, unknown>>;

export class SimulatedProgram extends Program {
  readonly simulated: World;
  /** The plugin of the last command. */
  current: Process | undefined;
  #commands = 0;

  constructor(world: World, stack: string) {
    super(undefined as never, stack);
    this.simulated = world;
  }

  override process(): Record<Type, AnyHandler> {
    this.#commands += 1;
    const process = new Process(this.simulated, this.stack, `${this.stack} ${this.#commands}`);
    this.current = process;
    const handlers = handlersOf(process.host());
    return Object.fromEntries(
      Object.entries(handlers).map(([type, handler]) => [type, recorded(process, handler)]),
    ) as Record<Type, AnyHandler>;
  }
}

/** A handler of whose results the engine hears only while it is there. */
function recorded(process: Process, handler: AnyHandler): AnyHandler {
  const call = <A extends unknown[], R>(method: (...args: A) => Promise<R>) =>
    async function (...args: A): Promise<R> {
      process.calls += 1;
      try {
        return await method(...args);
      } finally {
        process.calls -= 1;
        // Nobody is there any more to hear of it.
        if (!process.engine) await new Promise(() => {});
      }
    };
  const { check, diff, create, read, update } = handler;
  return {
    ...handler,
    check: call(check),
    diff: call(diff),
    create: call(create),
    read: call(read),
    update: call(update),
    delete: call(handler.delete),
  };
}
