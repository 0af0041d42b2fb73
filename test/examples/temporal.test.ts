import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import type { Command } from "commander";
import { parse, parseAllDocuments } from "yaml";
import { cacheFolder } from "../../provider/dist/apply/index.js";
import { createProgram } from "../../provider/dist/cli/commands.js";
import { environmentOf, readPlan } from "../../provider/dist/rollout/config/index.js";
import { clusterSettings } from "../../provider/dist/rollout/temporal/settings.js";
import { engineVersion } from "../../tools/engine/index.ts";
import { temporalVersion } from "../../tools/temporal/definition.ts";

const root = resolve(import.meta.dirname, "../..");
const folder = join(root, "examples/tenants/temporal");
const text = (name: string) => readFileSync(join(folder, name), "utf8");

interface Service {
  readonly image: string;
  readonly ports: readonly string[];
}

interface Container {
  readonly image: string;
  readonly args?: readonly string[];
  readonly command?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly envFrom?: readonly Readonly<Record<string, unknown>>[];
  readonly securityContext: unknown;
  readonly resources: { readonly requests: object; readonly limits: object };
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
}

interface Pod {
  readonly terminationGracePeriodSeconds: number;
  readonly automountServiceAccountToken: boolean;
  readonly securityContext: Readonly<Record<string, unknown>>;
  readonly initContainers: readonly Container[];
  readonly containers: readonly Container[];
  readonly volumes: readonly (Readonly<Record<string, unknown>> & { readonly name: string })[];
}

interface Resource {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly replicas: number;
    readonly accessModes: string[];
    readonly template: { readonly spec: Pod };
  };
}

const compose = parse(text("compose.yaml")) as { readonly services: Readonly<Record<string, Service>> };
const resources = parseAllDocuments(text("kubernetes.yaml")).map((one) => {
  assert.deepEqual(one.errors, []);
  return one.toJS() as Resource;
});
const resource = (kind: string) => resources.find((one) => one.kind === kind)!;
const pod = () => resource("Deployment").spec.template.spec;
const worker = () => pod().containers[0]!;
const environment = () => Object.fromEntries((worker().env ?? []).map(({ name, value }) => [name, value ?? ""]));
const mounted = (path: string) => worker().volumeMounts.some(({ mountPath }) => `${path}/`.startsWith(`${mountPath}/`));

/** The value of an option of the worker. */
function option(name: string): string {
  const args = worker().args!;
  const at = args.indexOf(name);
  assert.notEqual(at, -1, name);
  return args[at + 1]!;
}

/** Parses a command line as the program does, and runs nothing. */
async function parsed(args: readonly string[]): Promise<void> {
  const program = createProgram("0.0.0");
  const quiet = (command: Command) => {
    command.exitOverride().configureOutput({ writeErr: () => {} });
    command.action(() => {});
    command.commands.forEach((one) => quiet(one as Command));
  };
  program.commands.forEach((one) => quiet(one as Command));
  await program.exitOverride().parseAsync([...args], { from: "user" });
}

describe("examples/tenants/temporal/compose.yaml", () => {
  it("has the server that the tests run with, by a tag of its version", () => {
    assert.equal(compose.services["temporal"]?.image, `temporalio/temporal:${temporalVersion}`);
  });

  it("opens loopback ports only", () => {
    const ports = Object.values(compose.services).flatMap((service) => service.ports);
    assert.deepEqual(ports, ["127.0.0.1:7233:7233", "127.0.0.1:8233:8233"]);
  });
});

describe("examples/tenants/temporal/kubernetes.yaml", () => {
  it("runs several workers by a command line that there is", async () => {
    assert.ok(resource("Deployment").spec.replicas > 1);
    await parsed(worker().args!);
    await assert.rejects(parsed([...worker().args!, "--no-such-option"]), /unknown option/);
  });

  it("gives them variables that each say something about the cluster", () => {
    const temp = mkdtempSync(join(tmpdir(), "entra-passkeys-"));
    try {
      // The files of the secret, here.
      const env = Object.fromEntries(
        Object.entries(environment()).map(([name, value]) => {
          if (!value.startsWith("/etc/entra-passkeys/temporal/")) return [name, value];
          const file = join(temp, basename(value));
          writeFileSync(file, basename(value) === "codec-keys" ? `2026:${"A".repeat(43)}=\n` : basename(value));
          return [name, file];
        }),
      );
      const settings = (without?: string) => {
        const { [without ?? ""]: _left, ...rest } = env;
        try {
          return JSON.stringify(clusterSettings({}, rest));
        } catch (error) {
          return (error as Error).message;
        }
      };
      const about = Object.keys(env).filter((name) => /^TEMPORAL_|CODEC/.test(name));
      assert.equal(about.length, 7);
      assert.match(settings(), /serverRootCACertificate/);
      // The queue is the default, and said all the same.
      const silent = about.filter((name) => settings(name) === settings());
      assert.deepEqual(silent, ["TEMPORAL_TASK_QUEUE"]);
    } finally {
      rmSync(temp, { recursive: true });
    }
  });

  it("keeps what workers share on the shared volume, and writes to mounted folders only", () => {
    assert.deepEqual(resource("PersistentVolumeClaim").spec.accessModes, ["ReadWriteMany"]);
    const { ENTRA_PASSKEYS_CACHE: cache, HOME: home, PULUMI_HOME: pulumi } = environment();
    const shared = worker().volumeMounts.find(({ name }) => name === "rollouts")!.mountPath;
    assert.ok(option("--folder").startsWith(`${shared}/`));
    assert.ok(cacheFolder({ ENTRA_PASSKEYS_CACHE: cache }).startsWith(`${shared}/`));
    for (const path of [worker().args![1]!, home!, pulumi!, "/tmp"]) assert.ok(mounted(path), path);
    const volumes = pod().volumes.map(({ name }) => name);
    for (const { name } of [...worker().volumeMounts, ...pod().initContainers[0]!.volumeMounts]) {
      assert.ok(volumes.includes(name), name);
    }
  });

  it("waits longer for a worker than the worker for its updates", () => {
    assert.ok(pod().terminationGracePeriodSeconds > Number(option("--grace")) * 60);
  });

  it("runs as nobody special, with limits", () => {
    assert.equal(pod().automountServiceAccountToken, false);
    assert.equal(pod().securityContext["runAsNonRoot"], true);
    for (const one of [...pod().initContainers, ...pod().containers]) {
      assert.deepEqual(one.securityContext, {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ["ALL"] },
      });
      assert.ok("memory" in one.resources.limits && "memory" in one.resources.requests);
    }
  });

  it("names secrets, and has none", () => {
    assert.ok(!resources.some(({ kind }) => kind === "Secret"));
    assert.deepEqual(
      worker().envFrom!.map((from) => Object.keys(from)),
      [["secretRef"], ["secretRef"]],
    );
    const values = Object.entries(environment()).filter(([name]) =>
      /SECRET|PASSWORD|PASSPHRASE|TOKEN$|API_KEY/.test(name),
    );
    assert.deepEqual(values, []);
    for (const file of readdirSync(folder)) {
      assert.doesNotMatch(text(file), /[A-Za-z0-9+/]{43}=|-----BEGIN|\beyJ[\w-]{10,}\.|password: /, file);
    }
  });
});

describe("examples/tenants/temporal/Dockerfile", () => {
  const argument = (name: string) => new RegExp(`^ARG ${name}=(.+)$`, "m").exec(text("Dockerfile"))?.[1];

  it("has the versions of the workspace", () => {
    const { devDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
      devDependencies: Record<string, string>;
    };
    assert.equal(argument("NODE_VERSION"), devDependencies["node"]);
    assert.equal(argument("PULUMI_VERSION"), engineVersion);
    const page = readFileSync(join(root, "docs/compatibility.md"), "utf8").replace(/\s+/g, " ");
    assert.ok(page.includes(`Node.js ${devDependencies["node"]} and Pulumi CLI ${engineVersion} on Debian 12`));
  });

  it("has an image for each stage by a version, ends as the user of the deployment, and runs a command that there is", async () => {
    const lines = text("Dockerfile").split("\n");
    const images = lines.flatMap((line) => /^FROM (\S+)/.exec(line)?.[1] ?? []);
    assert.equal(images.length, 3);
    for (const image of images) assert.match(image, /:\$\{(NODE|PULUMI)_VERSION\}/);
    const { runAsUser, runAsGroup } = pod().securityContext as { runAsUser: number; runAsGroup: number };
    assert.deepEqual(
      lines.filter((line) => line.startsWith("USER ")),
      [`USER ${runAsUser}:${runAsGroup}`],
    );
    await parsed(JSON.parse(lines.find((line) => line.startsWith("CMD "))!.slice(4)) as string[]);
  });

  it("has the program where the deployment looks for it", () => {
    const [copy] = pod().initContainers;
    assert.deepEqual(copy!.command, ["cp", "-R", "/program/.", "/work/"]);
    assert.match(text("Dockerfile"), /^COPY examples \/program\/examples$/m);
    assert.equal(worker().args![1], "/work/examples/tenants/tenants.yaml");
    assert.equal(copy!.image, worker().image);
  });
});

describe("examples/tenants/temporal/README.md", () => {
  it("has the variables by which each tenant signs in, as the pod gives its identity", () => {
    const lines = [...text("README.md").matchAll(/^ +BANK_RETAIL_(\w+)=(.+)$/gm)].map(([, name, value]) => [
      name!,
      value!,
    ]);
    assert.equal(lines.length, 3);
    const { tenants } = readPlan(join(root, "examples/tenants/tenants.yaml"));
    for (const tenant of tenants) {
      assert.equal(tenant.credential.kind, "environment");
      const { prefix } = tenant.credential as { prefix: string };
      const env = Object.fromEntries(lines.map(([name, value]) => [`${prefix}_${name}`, value]));
      const given = environmentOf(tenant, env, tenants);
      for (const [name, value] of lines) assert.equal(given[name!], value, name);
      assert.ok(mounted(given["ARM_OIDC_TOKEN_FILE_PATH"]!));
    }
  });

  it("makes every secret that the deployment names, with its files", () => {
    const page = text("README.md").replace(/\\\n\s+/g, "");
    const named = [...text("kubernetes.yaml").matchAll(/secretRef: \{ name: ([\w-]+) \}|secretName: ([\w-]+)/g)];
    const names = named.map(([, one, other]) => one ?? other!);
    assert.equal(names.length, 3);
    for (const name of names) assert.ok(page.includes(`kubectl create secret generic ${name} `), name);
    const files = Object.values(environment()).filter((value) => value.startsWith("/etc/entra-passkeys/temporal/"));
    for (const file of files) assert.ok(page.includes(`--from-file=${basename(file)}`), file);
  });
});
