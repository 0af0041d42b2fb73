import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { readInput } from "./input.js";

/** What `pulumi stack export` prints: of a file, of standard input (`-`), or asked for a stack of this folder. */
export async function readExport(file: string, stack: string | undefined): Promise<unknown> {
  const text = stack === undefined ? readInput(file).text : await exportOf(stack);
  try {
    return JSON.parse(text);
  } catch {
    throw new Error("What was given is not JSON. Give what `pulumi stack export` prints.");
  }
}

async function exportOf(stack: string): Promise<string> {
  try {
    const args = ["stack", "export", "--stack", stack, "--show-secrets", "--non-interactive"];
    const { stdout } = await promisify(execFile)("pulumi", args, { maxBuffer: 1 << 30 });
    return stdout;
  } catch (error) {
    const { stderr = "", message } = error as Error & { stderr?: string };
    throw new Error(`pulumi stack export failed: ${stderr.trim() || message}`);
  }
}
