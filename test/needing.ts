/**
 * A suite that needs something that a machine may not have. Without it the suite is skipped by name, with the reason,
 * which `npm test` makes a failure where REQUIRE_ENGINE is set.
 *
 * @param missing why it is not there; undefined where it is.
 * @param close runs when the suite is over.
 */
export function describeNeeding(
  missing: string | undefined,
  title: string,
  close: () => void | Promise<void>,
  suite: (this: Mocha.Suite) => void,
): void {
  if (missing !== undefined) return void describe.skip(`${title} [${missing}]`, suite);
  describe(title, function () {
    this.timeout(120_000);
    this.slow(20_000);
    after(close);
    suite.call(this);
  });
}
