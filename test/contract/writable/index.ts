import { accessWrites } from "./access.ts";
import { groupWrites } from "./groups.ts";
import { methodWrites } from "./methods.ts";
import { strengthWrites } from "./strengths.ts";
import type { Write } from "./write.ts";

/** Every request that writes an entity. */
export const WRITES: readonly Write[] = [...methodWrites, ...groupWrites, ...strengthWrites, ...accessWrites];
