import { readFileSync } from "node:fs";

/** AAGUIDs that the catalogue's data itself, and not the package, calls revoked or compromised. */
export function listCompromised(): string[] {
  const text = readFileSync(new URL("../../../provider/catalogue/data.json", import.meta.url), "utf8");
  const { models } = JSON.parse(text) as { models: string[][] };
  return models.filter((model) => /REVOKED|BYPASS|COMPROMISE/.test(model.at(-1)!)).map(([aaguid]) => aaguid!);
}
