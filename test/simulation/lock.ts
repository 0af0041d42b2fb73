/** The lock of a tenant in virtual time, as the one on a machine: whoever dies with it has it no longer. */
import type { TenantLock } from "../../provider/dist/apply/index.js";
import type { Process } from "./process.ts";

type Turn = Awaited<ReturnType<TenantLock["take"]>>;

const WAIT_MS = 50;
const CLEAR_MS = 20;

export class Lock {
  #holder: Process | undefined;
  #written = 0;
  readonly onTurn: (process: Process, what: "begins" | "ends") => void;

  constructor(onTurn: (process: Process, what: "begins" | "ends") => void) {
    this.onTurn = onTurn;
  }

  of(process: Process): Pick<TenantLock, "take"> {
    return {
      take: async (onWait) => {
        let waited = false;
        for (; this.#holder !== undefined; waited = true) {
          const dead = !this.#holder.alive;
          if (dead) this.#holder = undefined;
          else if (!waited) onWait({ pid: 1, start: "", host: "" });
          await process.sleep(dead ? CLEAR_MS : WAIT_MS);
        }
        this.#holder = process;
        this.onTurn(process, "begins");
        return this.#turn(process, waited);
      },
    };
  }

  #turn(process: Process, waited: boolean): Turn {
    return {
      mayHaveWritten: (time) => waited || this.#written >= time,
      end: (wrote) => {
        if (wrote) this.#written = process.world.clock.now();
        if (this.#holder === process) this.#holder = undefined;
        this.onTurn(process, "ends");
      },
    };
  }
}
