import { DEFAULT_PROFILE } from "../../policy/model.js";
import type { Problem } from "../../policy/problem.js";
import { readOwner } from "./owner.js";

/** The key that the one profile of a resource has where it is written as a `PasskeyPolicy`. */
export const OWN_PROFILE = "profile";

/**
 * A place in the form of a `PasskeyPolicy`, as a property of a resource that declares one part: `models[2]` for
 * `profiles.profile.keyRestrictions.models[2]`, `groups[1]` for `includeTargets[1].group`.
 */
export function placeInPart(place: string): string {
  const own = new RegExp(`^profiles\\.(${OWN_PROFILE}|${DEFAULT_PROFILE})(\\.keyRestrictions)?(\\.|$)`).exec(place);
  if (own !== null) {
    const rest = place.slice(own[0].length);
    return rest === "" || rest === "id" ? OWN_PROFILE : rest;
  }
  const target = /^(includeTargets|excludeTargets|removedIncludeTargets|removedExcludeTargets)\[(\d+)\](\.group)?/.exec(
    place,
  );
  if (target === null) return place;
  const rest = place.slice(target[0].length);
  return rest.startsWith(".profiles") ? rest.slice(1) : `groups[${target[2]}]${rest}`;
}

/** A problem in the words of the resource that `owner` is. */
export function inPart(problem: Problem, owner: string): Problem {
  if (readOwner(owner).type === "PasskeyPolicy") return problem;
  const groups = (text: string) => text.replace(/\b(?:removed)?(?:in|ex)cludeTargets\[(\d+)\]/gi, "groups[$1]");
  return { ...problem, place: placeInPart(problem.place), reason: groups(problem.reason) };
}
