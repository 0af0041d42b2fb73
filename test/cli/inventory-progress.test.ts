import assert from "node:assert/strict";
import { ProgressLine } from "../../provider/dist/cli/progressLine.js";

describe("ProgressLine", () => {
  const start = (isTTY: boolean) => {
    const written: string[] = [];
    const clock = { now: 0 };
    const line = new ProgressLine({ isTTY, write: (text) => written.push(text) }, () => clock.now);
    return { written, clock, line };
  };

  it("changes one line on a terminal, not too often, and takes it away for what stays", () => {
    const { written, clock, line } = start(true);
    line.show("a", "1 of 9");
    line.show("a", "2 of 9");
    clock.now = 100;
    line.show("a", "3 of 9");
    line.note("by the way");
    line.end();
    assert.deepEqual(written, ["\r\u001b[2K1 of 9", "\r\u001b[2K3 of 9", "\r\u001b[2K", "by the way\n"]);
  });

  it("writes whole lines elsewhere: one for each part, and one every ten seconds", () => {
    const { written, clock, line } = start(false);
    line.show("a", "1 of 9");
    clock.now = 9_999;
    line.show("a", "2 of 9");
    line.show("b", "0 of 5");
    clock.now = 19_999;
    line.show("b", "1 of 5");
    line.end();
    assert.deepEqual(written, ["1 of 9\n", "0 of 5\n", "1 of 5\n"]);
  });
});
