import { accessRows } from "./access.ts";
import { aroundRows } from "./around.ts";
import { directoryRows } from "./directory.ts";
import { peopleRows } from "./people.ts";
import { policyRows } from "./policy.ts";
import type { Row } from "./row.ts";

/** The contract of every route of the emulator; what only reads comes first. */
export const ROWS: readonly Row[] = [...policyRows, ...directoryRows, ...peopleRows, ...accessRows, ...aroundRows];

/** Routes that are the emulator's own and nothing of Graph's. */
export const OWN = /^[A-Z]+ \/_emulator(\/|$)/;
