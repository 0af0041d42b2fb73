import { InvalidArgumentError, Option, type Command } from "commander";

/** Options that say where a Temporal cluster is. */
export const clusterOptions = (command: Command): Command =>
  command
    .option("--address <host:port>", "of Temporal; default: TEMPORAL_ADDRESS, else localhost:7233")
    .option("--namespace <name>", "of Temporal; default: TEMPORAL_NAMESPACE, else default")
    .option("--task-queue <name>", "of Temporal; default: TEMPORAL_TASK_QUEUE, else entra-passkeys")
    .option("--tls-cert <file>", "client certificate for Temporal; default: TEMPORAL_TLS_CLIENT_CERT_PATH")
    .option("--tls-key <file>", "its key; default: TEMPORAL_TLS_CLIENT_KEY_PATH")
    .option("--tls-ca <file>", "certificate of Temporal's CA; default: TEMPORAL_TLS_SERVER_CA_CERT_PATH")
    .option("--codec-key-file <file>", "keys that encrypt payloads; default: ENTRA_PASSKEYS_CODEC_KEY_FILE")
    .option("--allow-plaintext", "no TLS to another machine; for networks of your own only");

/** Options of commands that can be about a rollout on a cluster. */
export const onCluster = (command: Command): Command =>
  clusterOptions(
    command
      .addOption(
        new Option("--engine <engine>", "where the rollout runs; default: ENTRA_PASSKEYS_ENGINE, else local").choices([
          "local",
          "temporal",
        ]),
      )
      .option(
        "--name <plan>",
        "what the plan is called on Temporal; default: its folder and file, as passkeys/tenants.yaml",
      ),
  );

/** A limit for each tenant, across rollouts. */
export const tenantRate = (command: Command): Command =>
  command.option("--tenant-per-minute <number>", "on Temporal: at most so many steps of a tenant begin", readCount);

export function readCount(value: string): number {
  const count = Number(value);
  if (!Number.isInteger(count) || count < 1) throw new InvalidArgumentError("It is a whole number of at least 1.");
  return count;
}

/** A rate, which may be less than one. */
export function readRate(value: string): number {
  const rate = Number(value);
  if (!(rate > 0 && Number.isFinite(rate))) throw new InvalidArgumentError("It is a number above 0.");
  return rate;
}
