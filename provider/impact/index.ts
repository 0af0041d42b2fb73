export * from "./inventoryFile.js";
