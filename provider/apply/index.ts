export * from "./engine.js";
export * from "./errors.js";
export * from "./journal.js";
export * from "./managed.js";
export * from "./port.js";
export * from "./run.js";
export * from "./session.js";
export { applyChange } from "./together.js";
export * from "./write.js";
