export { PlanError, type PlanProblem } from "./problem.js";
export { readPlan } from "./readPlan.js";
