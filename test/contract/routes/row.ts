import type { World } from "../world.ts";

/** A route of the emulator, and how its answers are asked for. */
export interface Row {
  /** Method and path without the version, as the router has it. */
  route: string;
  /** Asks every kind of answer that succeeds, and those that fail for a reason of this route. */
  ask(world: World, route: string): Promise<unknown>;
  /** Whether a token is needed: asked again without one, and with one without permissions. Default: both. */
  needs?: "token" | "nothing";
}

/** An id that no object has. */
export const NOBODY = "99999999-9999-4999-8999-999999999999";
