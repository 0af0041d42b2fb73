/** Runs the shell texts of examples/ci as their pipelines do, with stand-ins for the programs that reach a service. */
import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { shellOf, workflow } from "./ci-files.ts";

export interface StepResult {
  readonly code: number | null;
  /** Standard output and standard error, as they came. */
  readonly output: string;
  /** What the step wrote to GITHUB_OUTPUT. */
  readonly outputs: Readonly<Record<string, string>>;
  /** What it wrote to GITHUB_STEP_SUMMARY. */
  readonly summary: string;
}

/** Values of the expressions in `env`, by their text without braces. */
export type Context = Readonly<Record<string, string>>;

/** A machine of CI: a temporary folder, and programs of its own before PATH. */
export class Runner implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), "entra-passkeys-ci-"));
  readonly temp = join(this.folder, "temp");
  readonly bin = join(this.folder, "bin");
  readonly #env: NodeJS.ProcessEnv;
  #steps = 0;

  constructor(env: NodeJS.ProcessEnv) {
    for (const folder of [this.temp, this.bin]) mkdirSync(folder);
    this.#env = {
      ...env,
      PATH: [this.bin, env.PATH].join(delimiter),
      RUNNER_TEMP: this.temp,
      GITHUB_REPOSITORY: "contoso/passkeys",
      AGENT_TEMPDIRECTORY: this.temp,
      PIPELINE_WORKSPACE: this.temp,
    };
  }

  /** Puts a program on PATH. */
  program(name: string, text: string): void {
    const file = join(this.bin, name);
    writeFileSync(file, text);
    chmodSync(file, 0o755);
  }

  /** Runs a step of a workflow; `over` are variables of this machine in place of those that the job sets. */
  step(
    [file, job, name]: readonly [string, string, string],
    { cwd = this.folder, context = {}, over = {} }: { cwd?: string; context?: Context; over?: NodeJS.ProcessEnv } = {},
  ): Promise<StepResult> {
    const { env: ofJob, steps } = workflow(file).jobs[job]!;
    const declared = { ...ofJob, ...steps.find((step) => step.name === name)?.env };
    const env = Object.fromEntries(Object.entries(declared).map(([key, text]) => [key, evaluate(text, context)]));
    return this.shell(shellOf(file, job, name), { cwd, env: { ...env, ...over } });
  }

  /** Runs a text as `shell: bash` of a workflow does. */
  async shell(text: string, { cwd, env }: { cwd: string; env: NodeJS.ProcessEnv }): Promise<StepResult> {
    const base = join(this.folder, `step-${this.#steps++}`);
    const [script, outputs, summary] = [`${base}.sh`, `${base}.outputs`, `${base}.md`];
    writeFileSync(script, text);
    writeFileSync(outputs, "");
    writeFileSync(summary, "");
    const files = { GITHUB_OUTPUT: outputs, GITHUB_STEP_SUMMARY: summary };
    const child = spawn("bash", ["--noprofile", "--norc", "-eo", "pipefail", script], {
      cwd,
      env: { ...this.#env, ...env, ...files },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (part) => (output += part));
    const code = await new Promise<number | null>((done, reject) => child.once("error", reject).once("close", done));
    const lines = readFileSync(outputs, "utf8").split("\n").filter(Boolean);
    return {
      code,
      output,
      outputs: Object.fromEntries(lines.map((line) => line.split(/=(.*)/s).slice(0, 2))),
      summary: readFileSync(summary, "utf8"),
    };
  }

  /** What a stand-in keeps between its calls. */
  state<T>(name: string): T {
    return JSON.parse(readFileSync(join(this.folder, `${name}.json`), "utf8")) as T;
  }

  setState(name: string, value: unknown): void {
    writeFileSync(join(this.folder, `${name}.json`), JSON.stringify(value));
  }

  /** The arguments of each call of a stand-in. */
  calls(name: string): string[][] {
    const file = join(this.folder, `${name}.calls`);
    if (!existsSync(file)) return [];
    const lines = readFileSync(file, "utf8").split("\n").filter(Boolean);
    return lines.map((line) => JSON.parse(line) as string[]);
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function evaluate(text: string, context: Context): string {
  return String(text).replaceAll(/\$\{\{ (.+?) \}\}/g, (_, expression: string) => {
    const value = context[expression];
    if (value === undefined) throw new Error(`the test gives no value for ${expression}`);
    return value;
  });
}

/** The beginning of every stand-in: its arguments are written down, and its state is a file. */
const head = (runner: Runner, name: string) => `#!/usr/bin/env node
const { spawnSync } = require("node:child_process");
const fs = require("node:fs");
const args = process.argv.slice(2);
fs.appendFileSync(${JSON.stringify(join(runner.folder, `${name}.calls`))}, JSON.stringify(args) + "\\n");
const file = ${JSON.stringify(join(runner.folder, `${name}.json`))};
const state = JSON.parse(fs.readFileSync(file, "utf8"));
const save = () => fs.writeFileSync(file, JSON.stringify(state));
const option = (name) => { const at = args.indexOf(name); return at < 0 ? undefined : args[at + 1]; };
const refuse = (text) => { console.error(text); process.exit(1); };
`;

export interface Comment {
  id: number;
  user: { login: string };
  body: string;
}

export interface Issue {
  number: number;
  user: { login: string };
  state: string;
  title?: string;
  body: string | null;
}

/** `gh api` for comments and issues of one repository; its --jq is done by jq. */
export function standInForGh(runner: Runner, state: { comments?: Comment[]; issues?: Issue[] } = {}): void {
  runner.setState("gh", { comments: [], issues: [], ...state });
  runner.program(
    "gh",
    `${head(runner, "gh")}
const flags = { "--jq": 1, "--method": 1, "--field": 1, "--paginate": 0, "--silent": 0 };
const plain = [], fields = {};
for (let at = 0; at < args.length; at++) {
  if (!(args[at] in flags)) { if (args[at].startsWith("-")) refuse("unknown flag " + args[at]); plain.push(args[at]); continue; }
  if (args[at] === "--field") {
    const [, key, value] = /^(\\w+)=(.*)$/s.exec(args[at + 1]);
    fields[key] = value.startsWith("@") ? fs.readFileSync(value.slice(1), "utf8") : value;
  }
  at += flags[args[at]];
}
if (plain[0] !== "api" || plain.length !== 2) refuse("not a call of gh api: " + plain);
if (!process.env.GH_TOKEN) refuse("no token");
const [path] = plain[1].split("?");
const method = option("--method") ?? "GET";
const route = method + " " + path.replace(/^repos\\/contoso\\/passkeys\\//, "");
const user = { login: "github-actions[bot]" };
const number = Number(/\\d+$/.exec(path)?.[0]);
const change = (list, key) => {
  const found = state[list].find((one) => one[key] === number) ?? refuse("404");
  Object.assign(found, fields);
  save();
};
const list = (items) => {
  const { status, stdout, stderr } = spawnSync("jq", ["--raw-output", option("--jq")], { input: JSON.stringify(items), encoding: "utf8" });
  if (status !== 0) refuse(stderr);
  process.stdout.write(stdout);
};
if (route === "GET issues/7/comments") list(state.comments);
else if (route === "POST issues/7/comments") { state.comments.push({ id: 100 + state.comments.length, user, ...fields }); save(); }
else if (/^PATCH issues\\/comments\\/\\d+$/.test(route)) change("comments", "id");
else if (route === "GET issues") list(state.issues.filter(({ state, user: by }) => state === "open" && by.login === user.login));
else if (route === "POST issues") { state.issues.push({ number: 10 + state.issues.length, user, state: "open", ...fields }); save(); }
else if (/^PATCH issues\\/\\d+$/.test(route)) change("issues", "number");
else refuse("no such route: " + route);
`,
  );
}

/** `az storage blob` for one blob, whose bytes are the file `blob` of the machine's folder. */
export function standInForAz(runner: Runner, blob: string): void {
  runner.setState("az", {});
  runner.program(
    "az",
    `${head(runner, "az")}
const blob = ${JSON.stringify(blob)};
if (option("--container-name") !== "journal" || option("--name") !== "entra-passkeys.tar") refuse("another blob");
if (process.env.AZURE_STORAGE_AUTH_MODE !== "login" || !process.env.AZURE_STORAGE_ACCOUNT) refuse("no account");
const verb = args.slice(0, 3).join(" ");
if (process.env.AZ_FAILS === args[2]) refuse("the service is not available");
if (verb === "storage blob exists") console.log(fs.existsSync(blob));
else if (verb === "storage blob download") fs.copyFileSync(blob, option("--file"));
else if (verb === "storage blob upload" && args.includes("--overwrite")) fs.copyFileSync(option("--file"), blob);
else refuse("unknown: " + args);
`,
  );
}

/** The REST interface of Azure Repos for the threads of one pull request, behind `curl`. */
export function standInForCurl(runner: Runner, me: string, threads: unknown[] = []): void {
  runner.setState("curl", { threads });
  runner.program(
    "curl",
    `${head(runner, "curl")}
const header = fs.readFileSync(args.find((arg) => arg.startsWith("@/dev/fd/") || arg.startsWith("@/proc/")).slice(1), "utf8");
if (header !== "Authorization: Bearer token-of-the-run") refuse("401 " + header);
const method = option("--request") ?? "GET";
const data = option("--data") && JSON.parse(fs.readFileSync(option("--data").slice(1), "utf8"));
const url = new URL(args.at(-1));
const threads = "/contoso/project-id/_apis/git/repositories/repository-id/pullRequests/7/threads";
const author = { id: ${JSON.stringify(me)} };
const [, thread, comment] = /\\/threads\\/(\\d+)\\/comments\\/(\\d+)$/.exec(url.pathname) ?? [];
if (url.pathname === "/contoso/_apis/connectionData") console.log(JSON.stringify({ authenticatedUser: author }));
else if (url.searchParams.get("api-version") !== "7.1") refuse("no version");
else if (method === "GET" && url.pathname === threads) console.log(JSON.stringify({ value: state.threads }));
else if (method === "POST" && url.pathname === threads) {
  state.threads.push({ id: 50 + state.threads.length, status: data.status, comments: data.comments.map((one, at) => ({ id: at + 1, author, ...one })) });
  save();
} else if (method === "PATCH" && thread) {
  Object.assign(state.threads.find(({ id }) => id === Number(thread)).comments.find(({ id }) => id === Number(comment)), data);
  save();
} else refuse("404 " + method + " " + url);
`,
  );
}
