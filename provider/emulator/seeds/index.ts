import { contosoLegacy } from "./contoso-legacy.js";
import { contosoProfiles } from "./contoso-profiles.js";
import { people } from "./people.js";
import { personas } from "./personas.js";
import { schoolDistrict } from "./school-district.js";

/** The seeds that come with the emulator, by name. */
export const seeds = {
  "contoso-legacy": contosoLegacy,
  "contoso-profiles": contosoProfiles,
  "school-district": schoolDistrict,
  people,
  personas,
};

/** Name of a seed that comes with the emulator. */
export type SeedName = keyof typeof seeds;
