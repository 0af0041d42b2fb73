/** What tests on a real Temporal server stand on. */
import { DefaultLogger, Runtime } from "@temporalio/worker";
import {
  findTemporal,
  startTemporal,
  type Temporal,
  type TemporalOptions,
  type TemporalServer,
} from "../../tools/temporal/index.ts";
import { describeNeeding } from "../needing.ts";

/** What `npm test` says of the server; asked here when a file is run without it. */
const note: { temporal: Temporal } | { missing: string } = process.env.ENTRA_PASSKEYS_TEST_TEMPORAL
  ? JSON.parse(process.env.ENTRA_PASSKEYS_TEST_TEMPORAL)
  : await findTemporal().then((temporal) => (temporal ? { temporal } : { missing: "no server: run npm run temporal" }));

const open = new Set<TemporalServer>();

/**
 * A suite that needs a real Temporal server. Without one it is skipped by name, with the reason, which `npm test` makes
 * a failure where REQUIRE_ENGINE is set. The servers of `createTemporal` are closed when it is over.
 */
export function describeWithTemporal(title: string, suite: (this: Mocha.Suite) => void): void {
  describeNeeding("missing" in note ? note.missing : undefined, title, closeAll, suite);
}

/** Starts a server, which is closed at the latest when the suite is over. */
export async function createTemporal(options: TemporalOptions = {}): Promise<TemporalServer> {
  if (!("temporal" in note)) throw new Error(note.missing);
  const server = await startTemporal({ cli: note.temporal.cli, ...options });
  open.add(server);
  return server;
}

/**
 * Keeps the log of Temporal's workers out of the output of the tests. A process has one logger for all of them, which
 * stays as it is where somebody has set it.
 */
export function quietWorkers(): void {
  try {
    Runtime.install({ logger: new DefaultLogger("ERROR", () => {}) });
  } catch (error) {
    if ((error as Error).name !== "IllegalStateError") throw error;
  }
}

async function closeAll(): Promise<void> {
  await Promise.all([...open].map((server) => server.close()));
  open.clear();
}
