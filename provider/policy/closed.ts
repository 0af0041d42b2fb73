import { guidFromName } from "./guid.js";
import type { NormalProfile } from "./normalize.js";

/**
 * The AAGUID that stands alone on the allow list of a profile which waits for its key restrictions. No authenticator has
 * it, so the profile accepts no passkey. It follows from the profile's id, so that it is told from anybody's own list.
 *
 * An empty list would say the same, but whether the service takes one is not documented.
 */
export function closedAaguid(profileId: string): string {
  return guidFromName(`closed/${profileId.toLowerCase()}`);
}

/** Key restrictions that let nobody in, for a profile that is created before its restrictions are. */
export function closedRestrictions(profileId: string) {
  return { isEnforced: true, enforcementType: "allow", aaGuids: [closedAaguid(profileId)] };
}

/** Whether a profile still waits for its key restrictions. */
export function isClosed({ id, keyRestrictions }: NormalProfile): boolean {
  const { isEnforced, enforcementType, aaGuids } = keyRestrictions;
  return (
    isEnforced === true &&
    enforcementType === "allow" &&
    aaGuids?.length === 1 &&
    aaGuids[0]!.toLowerCase() === closedAaguid(id)
  );
}
