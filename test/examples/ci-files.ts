/** The pipelines of examples/ci, read for tests. */
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { parse } from "yaml";

const root = resolve(import.meta.dirname, "../..");
const folder = join(root, "examples/ci/github");

export interface WorkflowStep {
  readonly id?: string;
  readonly name?: string;
  readonly uses?: string;
  readonly if?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly with?: Readonly<Record<string, unknown>>;
}

export interface Job {
  readonly if?: string;
  readonly needs?: string;
  readonly environment?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly outputs?: Readonly<Record<string, string>>;
  readonly "timeout-minutes"?: number;
  readonly steps: readonly WorkflowStep[];
}

export interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: Readonly<Record<string, string>>;
  readonly defaults: { readonly run: { readonly shell: string } };
  readonly concurrency: { readonly group: string; readonly "cancel-in-progress": boolean };
  readonly jobs: Readonly<Record<string, Job>>;
}

/** File names of the workflows. */
export const workflowFiles = readdirSync(folder).sort();

/** The path of a workflow. */
export const workflowPath = (name: string) => join(folder, name);

/** A workflow's text. */
export const workflowText = (name: string) => readFileSync(workflowPath(name), "utf8");

/** A workflow, parsed. */
export const workflow = (name: string) => parse(workflowText(name)) as Workflow;

/** The shell text of a step, as GitHub runs it. */
export function shellOf(file: string, job: string, name: string): string {
  const step = workflow(file).jobs[job]?.steps.find((one) => one.name === name);
  if (step?.run === undefined) throw new Error(`${file} has no step ${name} with a text in ${job}`);
  return step.run;
}

export interface PipelineStep {
  readonly task?: string;
  readonly script?: string;
  readonly checkout?: string;
  readonly displayName?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly persistCredentials?: boolean;
}

export interface PipelineJob {
  readonly job?: string;
  readonly deployment?: string;
  readonly condition?: string;
  readonly environment?: string;
  readonly variables?: Readonly<Record<string, string>>;
  readonly steps?: readonly PipelineStep[];
  readonly strategy?: { readonly runOnce: { readonly deploy: { readonly steps: readonly PipelineStep[] } } };
}

export interface Pipeline {
  readonly stages: readonly { readonly stage: string; readonly condition: string; readonly jobs: PipelineJob[] }[];
}

const pipelineFile = join(root, "examples/ci/azure-devops/azure-pipelines.yml");

export const pipelineText = () => readFileSync(pipelineFile, "utf8");

export const pipeline = () => parse(pipelineText()) as Pipeline;

/** The steps of a job of the pipeline. */
export const stepsOf = (job: PipelineJob) => job.steps ?? job.strategy?.runOnce.deploy.steps ?? [];

/** The shell text of a step of the pipeline, if it has one. */
export const pipelineShell = (step: PipelineStep) =>
  step.script ?? (step.inputs?.["inlineScript"] as string | undefined);

/** A path as the repository writes it. */
export const shown = (path: string) => relative(root, path);
