import { amount, choice } from "./switch.js";

/** Switches of authentication strengths, Temporary Access Pass and the writing of Conditional Access. */
export const accessSwitches = {
  inlineConfigurations: choice(
    ["stored", "ignored", "refused"],
    "What do combinationConfigurations in the POST of an authentication strength do?",
    "The table of the page for the POST does not have them; a generated sample of the beta page sends them inline. What v1.0 stores was never seen.",
  ),
  strengthNameTaken: choice(
    ["accepted", "refused"],
    "May two custom authentication strengths have the same display name?",
    "Graph docs say nothing. Where they may, a POST that is sent twice makes two.",
  ),
  customStrengthLimit: amount(
    15,
    1,
    "How many custom authentication strengths may a tenant have?",
    "Graph docs: at most 15. The error is unknown.",
  ),
  usedStrengthDeleted: choice(
    ["refused", "accepted"],
    "May an authentication strength be deleted that a Conditional Access policy asks for?",
    "The page of DELETE does not say; for the similar authentication contexts Graph docs name 400. Where it may, the policy asks for nothing.",
  ),
  secondConfiguration: choice(
    ["refused", "accepted"],
    "May an authentication strength have two configurations of the combination fido2?",
    "Undocumented.",
  ),
  configuredCombinationRemoved: choice(
    ["refused", "removesConfiguration"],
    "What does updateAllowedCombinations do without a combination that has a configuration?",
    "Graph docs: a configuration applies to a combination that its strength allows. What gives way is unknown.",
  ),
  emptyAllowedAaguids: choice(
    ["refused", "accepted"],
    "Is a configuration stored whose allowedAAGUIDs are empty?",
    "CSDL: the list is not nullable. Whether it may be empty, and then allows no key or every key, is unknown.",
  ),
  conditionalAccessWrite: choice(
    ["documented", "writeAlone"],
    "Which permissions do writes of Conditional Access policies need? documented = Policy.ReadWrite.ConditionalAccess with Policy.Read.All, and for POST and PATCH Application.Read.All.",
    "The pages of POST and PATCH name all three together and speak of a known issue, the page of DELETE two of them. Whether the first would do is unknown.",
  ),
  conditionalAccessUnknownObjects: choice(
    ["refusedWhenAdded", "accepted"],
    "Is a Conditional Access policy refused that adds a user or a group that does not exist?",
    "Policies keep the ids of groups that were deleted later (seen by many). Whether such an id may be added is unknown.",
  ),
  passDefaultOutside: choice(
    ["refused", "moved"],
    "What does a PATCH of Temporary Access Pass do that moves a limit past a default lifetime which it does not send?",
    "Graph docs: the default lies between the limits, and what is not sent keeps its value or is recalculated. Which of the two is unknown.",
  ),
} as const;
