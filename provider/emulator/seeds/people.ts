import type { Seed } from "../seed.js";
import { hospital } from "./people-hospital.js";
import { school } from "./people-school.js";

/**
 * A hospital in profile mode and a school in legacy mode, with who has which passkeys, other methods and roles: enough
 * of every kind that an assessment of a change has to tell apart. The hospital comes first.
 */
export const people: Seed = { tenants: [hospital, school] };
