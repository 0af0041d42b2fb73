/** Every state that the policy was ever in, and who made it so. */
import type { RenderedFido2Policy } from "../../provider/dist/emulator/index.js";
import { partsOf } from "./document.ts";
import type { Parts } from "./document.ts";
import type { Process } from "./process.ts";

export interface Version {
  readonly number: number;
  readonly policy: RenderedFido2Policy;
  readonly parts: Parts;
  /** When it came to be, in virtual milliseconds. */
  readonly time: number;
  /** Nobody's for the first one, another writer's without a process. */
  readonly by: Process | "beginning" | "another writer";
}

export class History {
  readonly versions: Version[] = [];

  constructor(policy: RenderedFido2Policy, time: number) {
    this.add(policy, time, "beginning");
  }

  get last(): Version {
    return this.versions.at(-1)!;
  }

  add(policy: RenderedFido2Policy, time: number, by: Version["by"]): Version {
    const version = { number: this.versions.length, policy, parts: partsOf(policy), time, by };
    this.versions.push(version);
    return version;
  }

  /** What an answer that is behind may show: whatever was there at some time since. */
  behind(since: number): readonly Version[] {
    const next = this.versions.findIndex(({ time }) => time > since);
    return next < 0 ? [this.last] : this.versions.slice(Math.max(0, next - 1));
  }
}
