import assert from "node:assert/strict";
import fc from "fast-check";
import { stringify } from "yaml";
import { readPlan } from "../../provider/dist/rollout/config/index.js";
import { FILE, problemsOf } from "./config-util.ts";

const idOf = (index: number) => `5f0c7d1e-0000-4000-8000-${String(index).padStart(12, "0")}`;

/** How each tenant, or none, comes into each of the waves: where from, and in which form. */
const way = fc.constantFrom("listed by id", "listed by name", "named", "counted", "rest");
const plans = fc
  .record({
    ways: fc.array(way, { minLength: 1, maxLength: 6 }),
    // For each tenant the wave that it would be put into by hand; beyond the last one, it is left to the others.
    put: fc.array(fc.nat({ max: 8 }), { minLength: 1, maxLength: 14 }),
    sizes: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 6, maxLength: 6 }),
    upper: fc.boolean(),
  })
  .map(({ ways, put, sizes, upper }) => {
    const spelt = (text: string) => (upper ? text.toUpperCase() : text);
    const byHand = (wave: number) =>
      put.flatMap((to, tenant) => (to === wave && !["counted", "rest"].includes(ways[wave]!) ? [tenant] : []));
    const waves = ways.map((way, wave) => ({
      name: `wave${wave}`,
      ...(way === "listed by id" && { tenants: byHand(wave).map((tenant) => spelt(idOf(tenant))) }),
      ...(way === "listed by name" && { tenants: byHand(wave).map((tenant) => spelt(`tenant ${tenant}`)) }),
      ...(way === "counted" && { size: sizes[wave] }),
      ...(way === "rest" && { rest: true }),
    }));
    const tenants = put.map((to, tenant) => ({
      id: idOf(tenant),
      name: `Tenant ${tenant}`,
      stack: `t${tenant}`,
      ...(ways[to] === "named" && { wave: spelt(`wave${to}`) }),
    }));
    const left = put.flatMap((to, tenant) => (to < ways.length && byHand(to).includes(tenant) ? [] : [tenant]));
    const expected = ways.map((way, wave) => {
      if (way === "rest") return left.splice(0);
      return way === "counted" ? left.splice(0, sizes[wave]) : byHand(wave);
    });
    const early = ways.slice(0, -1).includes("rest");
    const accepted = !early && left.length === 0 && expected.every((members) => members.length > 0);
    const file = { version: 1, defaults: { credential: { managedIdentity: true } }, tenants, waves };
    return { text: stringify(file), expected: expected.map((members) => members.map(idOf)), left, early, accepted };
  });

describe("The waves of a plan", () => {
  it("have every tenant once, as the file says, or the file is refused", () => {
    const seen = { accepted: 0, refused: 0 };
    fc.assert(
      fc.property(plans, ({ text, expected, left, early, accepted }) => {
        seen[accepted ? "accepted" : "refused"] += 1;
        const problems = problemsOf(text);
        if (accepted) {
          assert.deepEqual(problems, []);
          const { waves, tenants } = readPlan(FILE, text);
          assert.deepEqual(
            waves.map((wave) => wave.tenants),
            expected,
          );
          assert.deepEqual(waves.flatMap((wave) => wave.tenants).sort(), tenants.map(({ id }) => id).sort());
          return;
        }
        const places = problems.map(({ place }) => place);
        const without = left.map((tenant) => `tenants[${tenant}]`);
        const empty = expected.flatMap((members, wave) => (members.length === 0 ? [`waves[${wave}]`] : []));
        if (!early) assert.deepEqual(places.sort(), [...without, ...empty].sort());
        else assert.ok(places.every((place) => place.endsWith("].rest")) && places.length > 0);
      }),
      { numRuns: 2000 },
    );
    assert.ok(seen.accepted > 100 && seen.refused > 100, JSON.stringify(seen));
  });
});
