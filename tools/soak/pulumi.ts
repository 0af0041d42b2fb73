/** The two projects, and what their commands say. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Emulator } from "../../provider/dist/emulator/index.js";
import { Workshop } from "../demo/project.ts";
import type { Outcome } from "../demo/project.ts";
import type { Engine } from "../engine/index.ts";
import { emptySpec, programOf } from "./spec.ts";
import type { Spec } from "./spec.ts";
import { STACKS } from "./world.ts";
import type { StackName } from "./world.ts";

export type Kind = "up" | "up --refresh" | "preview" | "preview --refresh" | "refresh" | "destroy";

const ARGUMENTS: Readonly<Record<Kind, readonly string[]>> = {
  up: ["up", "--yes", "--skip-preview"],
  "up --refresh": ["up", "--yes", "--skip-preview", "--refresh"],
  preview: ["preview", "--diff"],
  "preview --refresh": ["preview", "--diff", "--refresh"],
  refresh: ["refresh", "--yes", "--skip-preview"],
  destroy: ["destroy", "--yes", "--skip-preview"],
};

/** Two Pulumi projects of one machine, for one tenant. */
export class Projects implements Disposable {
  readonly #workshop: Workshop;
  readonly #folders = new Map<StackName, string>();
  readonly #ids: ReadonlyMap<string, string>;

  constructor(engine: Engine, emulator: Emulator) {
    this.#workshop = new Workshop(engine, emulator);
    this.#workshop.env.ENTRA_PASSKEYS_VERIFY_SECONDS = "3";
    const { passkeyProfiles } = emulator.tenant().policy();
    this.#ids = new Map(passkeyProfiles.map(({ id, name }) => [name ?? id, id]));
  }

  async init(): Promise<void> {
    for (const stack of STACKS) {
      const folder = this.#workshop.program(stack, programOf(emptySpec(stack), this.#ids));
      this.#folders.set(stack, folder);
      await this.#workshop.ok(folder, "stack", "init", "soak");
    }
  }

  run(kind: Kind, spec: Spec, ...more: string[]): Promise<Outcome> {
    const folder = this.#folders.get(spec.stack)!;
    writeFileSync(join(folder, "index.ts"), this.text(spec));
    return this.#workshop.run(folder, [...ARGUMENTS[kind], ...more]);
  }

  text(spec: Spec): string {
    return programOf(spec, this.#ids);
  }

  [Symbol.dispose](): void {
    this.#workshop[Symbol.dispose]();
  }
}

/** Lines by which the package tells of somebody else's change. */
export const told = (output: string): string[] =>
  output
    .split("\n")
    .filter((line) => /warning: .*someone else changed|left alone: |declares this part|was refused/.test(line));

/** Lines by which Pulumi shows that a resource of ours is not as it was. */
export const shown = (output: string): string[] =>
  output
    .split("\n")
    .filter((line) => /dynamic\/entra:.*(\[diff: |\(update\)|\bupdated\b|\bcreated\b|\bdeleted?\b)/.test(line));

const TRACE = /^\s+at .+:\d+:\d+\)?$/m;
const MISTAKES = /\b(TypeError|RangeError|ReferenceError|SyntaxError|AssertionError|panic:|Unhandled|unhandled)\b/;

/** What is wrong with how a command ended; nothing where that is as it should be. */
export function mishap({ code, output }: Outcome): string | undefined {
  const mistake = MISTAKES.exec(output);
  if (mistake !== null) return `it speaks of a mistake in the package: ${mistake[0]}`;
  if (TRACE.test(output)) return "it prints a stack trace";
  if (code !== 0 && !/\berror: \S/.test(output)) return "it failed and does not say why";
  return undefined;
}
