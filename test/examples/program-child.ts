/** Runs one example with Pulumi's mocks, in a process of its own because programs read their configuration once. */
import * as pulumi from "@pulumi/pulumi";
import type { Made } from "./program.ts";

const [file, project] = process.argv.slice(2) as [string, string];
const made: Made[] = [];

await pulumi.runtime.setMocks(
  {
    newResource({ type, name, inputs }) {
      made.push({ type: type.replace("pulumi-nodejs:dynamic/", ""), name, inputs: inputs as Made["inputs"] });
      const { profiles = {} } = inputs as { profiles?: object };
      const ids = Object.fromEntries(Object.keys(profiles).map((key) => [key, `id of ${key}`]));
      const state = { ...inputs, objectId: `id of ${name}`, profileId: `profile ${name}`, profileIds: ids };
      return { id: `/${name}`, state };
    },
    call({ inputs }) {
      const { displayName } = inputs as { displayName: string };
      if (displayName === "Nobody") throw new Error("No group found");
      return { ...inputs, objectId: `id of ${displayName}` };
    },
  },
  project,
  "test",
);
await pulumi.runtime.runInPulumiStack(() => import(file));
// Resources that wait for others are registered after the program has ended.
await pulumi.runtime.disconnect();
process.stdout.write(JSON.stringify(made));
