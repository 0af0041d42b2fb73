import type { Activities } from "../../provider/dist/rollout/ports.js";

const never = async (): Promise<never> => {
  throw new Error("A tenant that needs nothing has come to this step.");
};

/** Activities for which every tenant is well, at no cost. */
export const nothing: Activities = {
  scan: async () => ({ needed: false, reason: "It has what it should have." }),
  preview: never,
  save: never,
  apply: never,
  verify: never,
  restore: never,
  healthCheck: never,
};
