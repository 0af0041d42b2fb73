/** Tables of first keys: what comes of them, and by which rules. */
import assert from "node:assert/strict";
import { canRegisterFirstKey } from "../../../provider/dist/policy/access/index.js";
import type { Device, FirstKeyDocuments, KeyModel, Newcomer } from "../../../provider/dist/policy/access/index.js";
import { frozen } from "../util.ts";
import { documents, KEY, newcomer, PAW } from "./tenant.ts";

export interface Row {
  readonly it: string;
  readonly documents?: FirstKeyDocuments;
  readonly who?: Partial<Newcomer>;
  readonly key?: Partial<KeyModel>;
  readonly device?: Device;
  readonly answer: "accepted" | "rejected" | "unknown";
  /** The rules that make the answer, in order; of an accepted one, and notes, those that have to be among them. */
  readonly rules?: readonly string[];
  readonly says?: RegExp;
}

export function table(rows: readonly Row[]): void {
  for (const { it: title, documents: given = documents(), who, key, device = PAW, answer, rules, says } of rows) {
    it(title, () => {
      const said = canRegisterFirstKey(
        frozen(given),
        frozen(newcomer(who)),
        frozen({ ...KEY, ...key }),
        frozen(device),
      );
      const told = JSON.stringify(said, undefined, 2);
      assert.equal(said.answer, answer, told);
      const obstacles = said.reasons.filter(({ effect }) => effect === "rejected" || effect === "unknown");
      assert.equal(obstacles.length > 0, answer !== "accepted", told);
      if (answer !== "accepted" && rules !== undefined)
        assert.deepEqual(
          obstacles.map(({ rule }) => rule),
          rules,
          told,
        );
      if (answer === "accepted") {
        for (const rule of ["profile", ...(rules ?? [])])
          assert.ok(
            said.reasons.some((one) => one.rule === rule),
            told,
          );
      }
      for (const { document, reason, wayOut } of said.reasons) {
        for (const text of [document, reason, wayOut]) assert.match(text, /\S/);
        for (const sentence of [reason, wayOut]) assert.doesNotMatch(sentence, /\.$|undefined/);
      }
      if (says !== undefined)
        assert.match(said.reasons.map((one) => `${one.document}: ${one.reason}`).join("\n"), says);
    });
  }
}

/** Without the documents that a test says were not read. */
export function unread(...names: (keyof FirstKeyDocuments)[]): FirstKeyDocuments {
  return Object.fromEntries(
    Object.entries(documents()).filter(([name]) => !(names as string[]).includes(name)),
  ) as never;
}
export const withPolicy = (policy: FirstKeyDocuments["policy"]): FirstKeyDocuments => ({ ...documents(), policy });
