/** What must be in the tenant: kept by the soak from what it did itself, never read from what the provider says. */
import type { Fido2Policy, RenderedFido2Policy, TenantHandle } from "../../provider/dist/emulator/index.js";
import { partsOf } from "./parts.ts";
import type { Parts } from "./parts.ts";
import { STACKS, stackOf } from "./world.ts";
import type { StackName } from "./world.ts";

export interface StackLedger {
  /** What the last command that succeeded has left declared. */
  declared: Parts;
  /** What a command declares that failed since, and may have been written in part. */
  attempted?: Parts | undefined;
}

export class Ledger {
  readonly tenant: TenantHandle;
  readonly stacks: Readonly<Record<StackName, StackLedger>> = {
    alpha: { declared: new Map() },
    beta: { declared: new Map() },
  };
  /** Parts that two stacks have declared with different values: of these the end is not known. */
  readonly contested = new Set<string>();
  /** Parts that no stack ever declares, as the third writer left them. */
  readonly #foreign = new Map<string, string>();
  /** Parts that a stack may declare, as they are without the stacks. */
  readonly #base = new Map<string, string>();
  /** Declared parts that the third writer has changed since, as they are now; nothing where they are gone. */
  readonly #disturbed = new Map<string, string | undefined>();

  constructor(tenant: TenantHandle) {
    this.tenant = tenant;
    for (const [part, value] of partsOf(tenant)) {
      (stackOf(part) === undefined ? this.#foreign : this.#base).set(part, value);
    }
  }

  /** The third writer's edit, noted at the moment in which it happens. */
  noted(edit: (policy: Fido2Policy) => void): (policy: Fido2Policy) => void {
    return (policy) => {
      const read = () => partsOf(this.tenant, policy as unknown as RenderedFido2Policy);
      const before = read();
      edit(policy);
      const after = read();
      for (const part of new Set([...before.keys(), ...after.keys()])) {
        const value = after.get(part);
        if (value !== before.get(part)) this.#note(part, value);
      }
    };
  }

  #note(part: string, value: string | undefined): void {
    const stack = stackOf(part);
    const declared = stack && this.stacks[stack].declared.get(part);
    if (declared !== undefined) {
      if (declared === value) this.#disturbed.delete(part);
      else this.#disturbed.set(part, value);
      return;
    }
    const known = stack === undefined ? this.#foreign : this.#base;
    if (value === undefined) known.delete(part);
    else known.set(part, value);
  }

  /**
   * Declared parts of a stack that are not as it declares them, with what is there now. What a command that failed was to
   * change is left out: it may be its own doing.
   */
  drift(stack: StackName): Map<string, string | undefined> {
    const live = partsOf(this.tenant);
    const { declared, attempted } = this.stacks[stack];
    const others = [...declared].filter(
      ([part, value]) => live.get(part) !== value && (attempted === undefined || attempted.get(part) === value),
    );
    return new Map(others.map(([part]) => [part, live.get(part)]));
  }

  /** What is there without the stacks. */
  base(part: string): string | undefined {
    return this.#base.get(part);
  }

  /** A command succeeded that leaves these parts declared, and none of the stack's other ones. */
  settle(stack: StackName, declared: Parts): void {
    const gone = (part: string) => {
      const place = part.split("/", 2).join("/");
      return part.startsWith("profile/") && place !== "profile/default" && !declared.has(place);
    };
    for (const [part, value] of [...this.#disturbed]) {
      if (stackOf(part) !== stack) continue;
      // What is declared has been set back; what is given up stays as somebody else left it, but in a profile that goes.
      const staysSo = !declared.has(part) && !gone(part);
      if (staysSo && value === undefined) this.#base.delete(part);
      if (staysSo && value !== undefined) this.#base.set(part, value);
      this.#disturbed.delete(part);
    }
    this.stacks[stack].declared = declared;
    this.stacks[stack].attempted = undefined;
  }

  /** What is not as it must be; nothing where all is well. */
  problems(): string[] {
    const live = partsOf(this.tenant);
    const known = [...this.#foreign.keys(), ...this.#base.keys()];
    const declared = STACKS.flatMap((stack) => [...this.stacks[stack].declared.keys()]);
    const all = new Set([...live.keys(), ...known, ...declared]);
    return [...all].flatMap((part) => {
      const stack = stackOf(part);
      const now = live.get(part);
      if (this.contested.has(part)) return [];
      if (stack === undefined) return now === this.#foreign.get(part) ? [] : [said(part, this.#foreign.get(part), now)];
      const wanted = this.#wanted(part, stack);
      const { attempted, declared: before } = this.stacks[stack];
      if (attempted !== undefined) {
        // A profile that is written step by step may be anywhere in between.
        if (part.startsWith("profile/") && (attempted.has(part) || before.has(part))) return [];
        const possible = [wanted, this.#base.get(part), attempted.get(part)];
        return possible.includes(now) ? [] : [`${said(part, wanted, now)} (after a command that failed)`];
      }
      return now === wanted ? [] : [said(part, wanted, now)];
    });
  }

  #wanted(part: string, stack: StackName): string | undefined {
    if (this.#disturbed.has(part)) return this.#disturbed.get(part);
    return this.stacks[stack].declared.get(part) ?? this.#base.get(part);
  }
}

const said = (part: string, wanted: string | undefined, now: string | undefined) =>
  `${part} should be ${wanted ?? "absent"}, and is ${now ?? "absent"}`;
