export { SuggestionError, suggestAllowList } from "./allowList.js";
export type { AllowListRequest, SuggestedModel, Suggestion } from "./allowList.js";
export { smallestHittingSet } from "./hittingSet.js";
export type { HittingSet } from "./hittingSet.js";
export { stagePlan } from "./stages.js";
export type { Stage, StagePlan } from "./stages.js";
export type { Registrable, Task } from "./tasks.js";
export { policyProgram, suggestionProgram } from "./program.js";
export { stagePlanText, suggestionText } from "./words.js";
