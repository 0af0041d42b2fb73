import { execFile } from "node:child_process";
import { basename, dirname, resolve } from "node:path";
import { promisify } from "node:util";
import type { ConfigMap, PulumiCommand, Stack } from "@pulumi/pulumi/automation";
import type * as AutomationApi from "@pulumi/pulumi/automation";
import { REPORT_VARIABLE } from "../../resources/preview/index.js";
import type { TenantSpec } from "../plan.js";
import { printedBy } from "./events.js";
import type { LocalOptions } from "./options.js";
import type { Tenants } from "./tenants.js";

/** The stacks of a plan's tenants, in the team's own project and backend, by Pulumi's Automation API. */
export class Stacks {
  readonly #open = new Map<string, Promise<Stack>>();
  #command: Promise<PulumiCommand> | undefined;

  constructor(
    readonly options: Pick<LocalOptions, "plan" | "pulumi" | "log">,
    readonly tenants: Tenants,
  ) {}

  /** The stack of a tenant with its configuration; made where there is none. Asked for once in a process. */
  stack(tenant: TenantSpec): Promise<Stack> {
    let stack = this.#open.get(tenant.id);
    if (stack === undefined) {
      this.#open.set(tenant.id, (stack = this.#prepare(tenant)));
      stack.catch(() => this.#open.delete(tenant.id));
    }
    return stack;
  }

  async #prepare(tenant: TenantSpec): Promise<Stack> {
    const { plan } = this.options;
    const env = this.#environment(tenant);
    const api = load();
    const command = await (this.#command ??= this.#find(api));
    const workspace = await api.LocalWorkspace.create({
      workDir: plan.project,
      pulumiCommand: command,
      envVars: env as Record<string, string>,
    });
    // Which stack is selected in the project's folder is its people's business, and two at once would be in each
    // other's way: every command names its stack instead.
    workspace.selectStack = () => Promise.resolve();
    // After each update the API asks for the stack's outputs, twice, and for its history: three commands for nobody.
    workspace.stackOutputs = () => Promise.resolve({});
    let config: ConfigMap;
    try {
      config = await workspace.getAllConfig(tenant.stack);
    } catch (error) {
      if (!(error instanceof api.StackNotFoundError)) throw new Error(printedBy(error as Error), { cause: error });
      await this.run(tenant, ["stack", "init", tenant.stack, "--no-select"]);
      this.options.log(tenant, `made the stack ${tenant.stack}`);
      config = {};
    }
    const { name: project } = await workspace.projectSettings();
    const changed = Object.entries(tenant.config).filter(([key, value]) => {
      return config[key.includes(":") ? key : `${project}:${key}`]?.value !== value;
    });
    if (changed.length > 0) {
      await workspace.setAllConfig(tenant.stack, Object.fromEntries(changed.map(([key, value]) => [key, { value }])));
    }
    const stack = await api.Stack.select(tenant.stack, workspace);
    stack.history = () => Promise.resolve([]);
    return stack;
  }

  /** A command that the Automation API does not have in this form. */
  async run(tenant: TenantSpec, args: readonly string[]): Promise<void> {
    const { command } = await this.#command!;
    const options = { cwd: this.options.plan.project, env: { ...process.env, ...this.#environment(tenant) } };
    try {
      await promisify(execFile)(command, [...args, "--non-interactive"], options);
    } catch (error) {
      throw new Error(`pulumi ${args.join(" ")} failed: ${printedBy(error as Error)}`, { cause: error });
    }
  }

  #environment(tenant: TenantSpec): NodeJS.ProcessEnv {
    return {
      ...this.tenants.environment(tenant),
      // What is refused is told in a form that can be read.
      [REPORT_VARIABLE]: "1",
      PULUMI_SKIP_UPDATE_CHECK: "true",
    };
  }

  async #find({ PulumiCommand: Command }: typeof AutomationApi): Promise<PulumiCommand> {
    const { pulumi } = this.options;
    if (pulumi === undefined) {
      try {
        return await Command.get();
      } catch (error) {
        const reason = printedBy(error as Error);
        throw new Error(`pulumi cannot be run (${reason}). Install it, or put it on PATH.`, { cause: error });
      }
    }
    const folder = dirname(resolve(pulumi));
    if (basename(folder) !== "bin") {
      throw new Error(
        `${pulumi} is not in a folder named bin, as Pulumi is installed. Give that path, or put it on PATH.`,
      );
    }
    return Command.get({ root: dirname(folder) });
  }
}

/** Heavy, and not needed where no tenant needs an update. */
const load = () => require("@pulumi/pulumi/automation") as typeof AutomationApi;
