/** What holds of the models that an example pins, whichever they are. */
import assert from "node:assert/strict";
import { findModel, isCompromised, resolveModel } from "../../provider/dist/catalogue/index.js";

type Model = NonNullable<ReturnType<typeof findModel>>;

/**
 * Names ten AAGUIDs at most, each of a key that is in the catalogue and eligible for Entra.
 *
 * @param what the kind of model that the example promises, and whether one is of that kind.
 */
export function pinsKeys(names: readonly string[], what: string, isOfKind: (model: Model) => boolean): void {
  it("pins ten AAGUIDs at most", () => {
    const aaguids = names.flatMap((name) => resolveModel(name).aaguids ?? []);
    assert.ok(aaguids.length > 0 && aaguids.length <= 10, `${aaguids.length}`);
  });

  for (const name of names) {
    it(`pins ${name}, which the catalogue has ${what}, eligible for Entra`, () => {
      const { aaguids: ids, error } = resolveModel(name);
      assert.ok(ids, error);
      for (const id of ids) {
        const model = findModel(id);
        assert.ok(model, `${id} is in the catalogue`);
        assert.ok(isOfKind(model), id);
        assert.ok(model.entraEligible && !model.sample && !isCompromised(model), id);
        assert.equal(model.kind, "securityKey");
      }
    });
  }
}
