import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { promisify } from "node:util";

const CLI = resolve(import.meta.dirname, "../../provider/dist/cli/main.js");
const run = async (...args: string[]) => (await promisify(execFile)(process.execPath, [CLI, ...args])).stdout;

describe("entra-passkeys complete", () => {
  for (const shell of ["bash", "zsh", "fish", "powershell"]) {
    it(`prints a script for ${shell}`, async () => {
      assert.match(await run("complete", shell), /entra[_-]passkeys/);
    });
  }

  it("completes commands, a line each, and their options", async () => {
    const commands = (await run("complete", "--", "")).trim().split("\n");
    const names = commands.map((line) => line.split("\t")[0]);
    for (const name of ["aaguid", "destroy-impact", "emulator", "inventory"]) assert.ok(names.includes(name), name);
    assert.match(await run("complete", "--", "inventory", "--g"), /^--group\t/m);
    assert.match(await run("complete", "--", "destroy-impact", "--"), /^--show-users\t/m);
  });

  it("is told of in the help", async () => {
    assert.match(await run("--help"), /entra-passkeys complete bash/);
  });
});
