import assert from "node:assert/strict";
import { CheckFailed } from "../util.ts";
import { LIVES, Living, OPERATIONS, type Life, type Operation } from "./lives.ts";
import { READS, SAYS, WRITES, type Row } from "./table.ts";

interface End {
  readonly before: string;
  /** At the end of the operation. */
  readonly tenant: string;
  readonly states: string;
  /** Writes of the operation, in order. */
  readonly written: readonly string[];
  readonly reads: number;
}

const READ = { method: "GET" } as const;
const WRITE = { method: ["POST", "PATCH", "DELETE"] } as const;

describe("every request of a life, disturbed by every fault", function () {
  this.timeout(120_000);
  for (const life of LIVES) {
    for (const operation of OPERATIONS) {
      it(`${life.title}, ${operation}: nothing is lost or applied twice, and it ends as it does undisturbed`, async () => {
        const end = await undisturbed(life, operation);
        for (let nth = 0; nth < end.reads; nth += 1) {
          for (const row of READS) await disturbed(life, operation, row, "read", nth, end);
        }
        for (let nth = 0; nth < end.written.length; nth += 1) {
          for (const row of WRITES) await disturbed(life, operation, row, "write", nth, end);
        }
      });
    }
  }
});

async function undisturbed(life: Life, operation: Operation): Promise<End> {
  const living = await Living.begin(life);
  try {
    const before = living.tenant();
    await living.until(operation);
    const { audit } = living.world.emulator;
    const mark = audit.lastSeq;
    await living.run(operation);
    const reads = audit.entries.filter(
      ({ seq, method, kind, path }) => seq > mark && method === "GET" && kind === life.kind && life.path.test(path),
    );
    return {
      before,
      tenant: living.tenant(),
      states: living.states(),
      written: living.written(mark),
      reads: reads.length,
    };
  } finally {
    await living.close();
  }
}

async function disturbed(
  life: Life,
  operation: Operation,
  row: Row,
  what: "read" | "write",
  nth: number,
  end: End,
): Promise<void> {
  const place = `${life.title}, ${operation}, ${what} ${nth + 1}: ${row.fault}`;
  const living = await Living.begin(life);
  try {
    await living.until(operation);
    const { audit, faults } = living.world.emulator;
    const mark = audit.lastSeq;
    const match = { ...(what === "read" ? READ : WRITE), kind: life.kind, path: life.path };
    const fault = faults.add({ match, do: row.do, after: nth, times: row.times ?? 1 });
    const error = await living.run(operation).then(
      () => undefined,
      (failure: Error) => failure,
    );
    assert.ok(fault.fired > 0, `${place}: it did not come to that`);
    if (row.end === "well") assert.equal(error, undefined, `${place}: ${error?.message}`);
    else explains(error, row.end, place);
    fault.remove();
    // Whatever stays behind for a while has caught up when somebody comes back.
    living.now += 120_000;
    if (error !== undefined) await living.run(operation);
    assert.equal(living.tenant(), end.tenant, place);
    assert.equal(living.states(), end.states, place);
    assert.deepEqual(living.written(mark), end.written, `${place}: written once each`);
    if (operation !== "destroy") await living.destroy();
    assert.equal(living.tenant(), end.before, `${place}: given back`);
  } finally {
    await living.close();
  }
}

/** The error says what failed, why, and what to do. */
function explains(error: Error | undefined, names: readonly string[], place: string): void {
  assert.ok(error !== undefined, `${place}: it should have failed`);
  if (error instanceof CheckFailed) return assert.match(error.message, saysOneOf(names), place);
  const found: string[] = [];
  for (let one: unknown = error; one instanceof Error; one = one.cause) found.push(one.name);
  const name = names.find((one) => found.includes(one));
  assert.ok(name !== undefined, `${place}: ${found.join(" < ")}: ${error.message}`);
  assert.match(error.message, SAYS[name]!, place);
}

const saysOneOf = (names: readonly string[]): RegExp => new RegExp(names.map((name) => SAYS[name]!.source).join("|"));
