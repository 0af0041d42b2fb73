/** A process of its own that updates one tenant of a rollout, to be killed. */
import { localActivities, type LocalOptions } from "../../provider/dist/rollout/activities/index.js";

interface Told extends Pick<LocalOptions, "plan" | "folder"> {
  readonly pulumi: string;
  readonly variables: Record<string, string>;
}

const { variables, ...options } = JSON.parse(process.argv[2]!) as Told;
const activities = localActivities({ ...options, env: process.env, environmentOf: () => variables, log: () => {} });
const [tenant] = options.plan.tenants;
await activities.apply(tenant!);
