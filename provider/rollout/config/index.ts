export { CredentialError, environmentOf } from "./credentials.js";
export { planDigest } from "./digest.js";
export { PlanError, type PlanProblem } from "./problem.js";
export { readPlan } from "./readPlan.js";
