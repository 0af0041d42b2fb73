import { watch, type FSWatcher } from "node:fs";
import type { Previewed, Surroundings } from "../ports.js";
import type { WaveSpec } from "../plan.js";
import type { RolloutRecord } from "../records.js";
import type { Journal } from "./journal.js";
import { abortedWord, approvedWord } from "./words.js";

/** Where signals come from; `process` is one. */
export interface SignalSource {
  on(signal: "SIGINT" | "SIGTERM", listener: (signal: NodeJS.Signals) => void): unknown;
  off(signal: "SIGINT" | "SIGTERM", listener: (signal: NodeJS.Signals) => void): unknown;
}

export interface LocalOptions {
  readonly journal: Journal;
  /** Folder of the rollout. */
  readonly folder: string;
  /** Milliseconds since the epoch. Default: the clock. */
  readonly now?: () => number;
  /** How often to look at the folder and at the clock where nothing wakes it, in milliseconds. Default: 1,000. */
  readonly poll?: number;
  readonly signals?: SignalSource;
  /** Called with each record once it is on the disk. */
  readonly onRecord?: (record: RolloutRecord) => void;
  /** Called with the first signal, which ends the run where it can be gone on with. */
  readonly onSignal?: (signal: NodeJS.Signals) => void;
  /** Called with the second signal, before the process ends. */
  readonly onSecondSignal?: (signal: NodeJS.Signals) => void;
  /** Ends the process after the second signal. Default: as it would end without anybody listening. */
  readonly end?: (signal: NodeJS.Signals) => void;
  readonly onPreviewed?: (wave: WaveSpec, reports: ReadonlyMap<string, Previewed>) => Promise<void>;
}

/** What a rollout needs, for one process with a folder: approvals and aborts of other processes are files in it. */
export interface LocalSurroundings extends Surroundings {
  /** Stops listening and watching. */
  close(): void;
}

/**
 * Watches the rollout's folder and listens to SIGINT and SIGTERM until it is closed. With the first signal, updates that run
 * are finished and the rollout stops, so that it can be gone on with; the second one ends the process at once.
 */
export function localSurroundings(options: LocalOptions): LocalSurroundings {
  const { journal, folder, now = Date.now, poll = 1_000, signals = process, onRecord, onPreviewed } = options;
  let signal: NodeJS.Signals | undefined;
  const waiting = new Set<() => void>();
  const wake = () => [...waiting].forEach((go) => go());
  const onSignal = (received: NodeJS.Signals) => {
    if (signal !== undefined) {
      options.onSecondSignal?.(received);
      (options.end ?? endAtOnce)(received);
      return;
    }
    signal = received;
    options.onSignal?.(received);
    wake();
  };
  const endAtOnce = (received: NodeJS.Signals) => {
    close();
    process.kill(process.pid, received);
  };
  const watcher = watchFolder(folder, wake);
  signals.on("SIGINT", onSignal);
  signals.on("SIGTERM", onSignal);
  const close = () => {
    watcher?.close();
    signals.off("SIGINT", onSignal);
    signals.off("SIGTERM", onSignal);
  };

  /** Until there is an answer, or the time has come. The clock is asked each time: a machine may sleep, too. */
  async function until<T>(time: number, answer: () => T | undefined): Promise<T | undefined> {
    for (;;) {
      const found = answer();
      if (found !== undefined) return found;
      const left = time - now();
      if (left <= 0) return undefined;
      await new Promise<void>((done) => {
        const timer = setTimeout(go, Math.min(left, poll));
        function go() {
          clearTimeout(timer);
          waiting.delete(go);
          done();
        }
        waiting.add(go);
      });
    }
  }

  const abortedBy = () => abortedWord(folder)?.by;
  const ends = () => abortedBy() !== undefined || signal !== undefined || undefined;

  return {
    now,
    abortedBy,
    stopReason: () => (signal === undefined ? undefined : `it was told to stop (${signal})`),
    async record(event) {
      const record = journal.append(event, now());
      onRecord?.(record);
    },
    async sleepUntil(time) {
      return (await until(time, ends)) ?? false;
    },
    async approval(wave, time) {
      const said = () => approvedWord(folder, wave);
      const answer = await until(time, () => (ends() ? "aborted" : said()));
      return answer ?? "timedOut";
    },
    ...(onPreviewed && { onPreviewed }),
    close,
  };
}

/** Wakes sooner than the next look; where a folder cannot be watched, looking has to do. */
function watchFolder(folder: string, wake: () => void): FSWatcher | undefined {
  try {
    return watch(folder, { persistent: false }, wake).on("error", () => undefined);
  } catch {
    return undefined;
  }
}
