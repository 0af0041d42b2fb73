export { actionlintFolder, ensureActionlint } from "./ensure.ts";
