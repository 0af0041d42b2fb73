import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { readCodecKeys, type CodecKey } from "./keys.js";
import { DEFAULT_TASK_QUEUE } from "./protocol.js";

/** What the command line says of the cluster; each goes before its variable. */
export interface ClusterFlags {
  /** `TEMPORAL_ADDRESS`, `localhost:7233`. */
  readonly address?: string;
  /** `TEMPORAL_NAMESPACE`, `default`. */
  readonly namespace?: string;
  readonly taskQueue?: string;
  /** Files: `TEMPORAL_TLS_CLIENT_CERT_PATH`, `TEMPORAL_TLS_CLIENT_KEY_PATH`, `TEMPORAL_TLS_SERVER_CA_CERT_PATH`. */
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly tlsCa?: string;
  readonly codecKeyFile?: string;
  readonly allowPlaintext?: boolean;
}

/** How to reach a cluster. */
export interface ClusterSettings {
  readonly address: string;
  readonly namespace: string;
  readonly taskQueue: string;
  /** Absent: no TLS. */
  readonly tls?: {
    readonly clientCertPair?: { readonly crt: Buffer; readonly key: Buffer };
    readonly serverRootCACertificate?: Buffer;
    readonly serverNameOverride?: string;
  };
  readonly apiKey?: string;
  readonly codecKeys: readonly CodecKey[];
}

/** The cluster's settings make no sense, or are not safe. */
export class ClusterSettingsError extends Error {
  override readonly name = "ClusterSettingsError";
}

/**
 * The settings of a cluster, by the variables that Temporal's own tools know.
 *
 * @throws ClusterSettingsError for an address elsewhere without TLS, unless that is allowed by a flag.
 */
export function clusterSettings(flags: ClusterFlags, env: NodeJS.ProcessEnv): ClusterSettings {
  const address = flags.address ?? given(env, "TEMPORAL_ADDRESS") ?? "localhost:7233";
  const host = hostOf(address);
  const crt = contentOf(flags.tlsCert, env, "TEMPORAL_TLS_CLIENT_CERT", "TEMPORAL_TLS_CERT");
  const key = contentOf(flags.tlsKey, env, "TEMPORAL_TLS_CLIENT_KEY", "TEMPORAL_TLS_KEY");
  const ca = contentOf(flags.tlsCa, env, "TEMPORAL_TLS_SERVER_CA_CERT", "TEMPORAL_TLS_CA");
  const name = given(env, "TEMPORAL_TLS_SERVER_NAME");
  const apiKey = given(env, "TEMPORAL_API_KEY");
  if (isOn(env, "TEMPORAL_TLS_DISABLE_HOST_VERIFICATION")) {
    throw new ClusterSettingsError(
      "TEMPORAL_TLS_DISABLE_HOST_VERIFICATION is set, and who answers would not be known. Give the cluster's CA by --tls-ca " +
        "or TEMPORAL_TLS_SERVER_CA_CERT_PATH, and unset the variable.",
    );
  }
  if ((crt === undefined) !== (key === undefined)) {
    const [there, missing] = crt === undefined ? ["key", "certificate"] : ["certificate", "key"];
    const how =
      missing === "key" ? "--tls-key or TEMPORAL_TLS_CLIENT_KEY_PATH" : "--tls-cert or TEMPORAL_TLS_CLIENT_CERT_PATH";
    throw new ClusterSettingsError(`There is a TLS ${there} for Temporal, and no ${missing}. Name it by ${how}.`);
  }
  const off = isOff(env, "TEMPORAL_TLS");
  const wanted = [crt, ca, name, apiKey].some((one) => one !== undefined) || isOn(env, "TEMPORAL_TLS");
  if (wanted && off && (crt ?? ca ?? apiKey) !== undefined) {
    throw new ClusterSettingsError(
      "TEMPORAL_TLS is false, and there are TLS settings or an API key, which need TLS. Unset it.",
    );
  }
  const tls = wanted && !off;
  if (!tls && !isLoopback(host) && flags.allowPlaintext !== true) {
    throw new ClusterSettingsError(
      `${address} is on another machine, and nothing says that it is reached by TLS. Set TEMPORAL_TLS=true, or certificates ` +
        "(--tls-cert, --tls-key, --tls-ca), or TEMPORAL_API_KEY; or allow it by --allow-plaintext where the network is your own.",
    );
  }
  return {
    address,
    namespace: flags.namespace ?? given(env, "TEMPORAL_NAMESPACE") ?? "default",
    taskQueue: flags.taskQueue ?? given(env, "TEMPORAL_TASK_QUEUE") ?? DEFAULT_TASK_QUEUE,
    ...(tls && {
      tls: {
        ...(crt && key && { clientCertPair: { crt, key } }),
        ...(ca && { serverRootCACertificate: ca }),
        ...(name !== undefined && { serverNameOverride: name }),
      },
    }),
    ...(apiKey !== undefined && { apiKey }),
    codecKeys: readCodecKeys(env, flags.codecKeyFile),
  };
}

function hostOf(address: string): string {
  const found = /^(?:\[([0-9a-fA-F:.]+)\]|([\w.-]+)):(\d{1,5})$/.exec(address);
  const host = found?.[1] ?? found?.[2];
  if (host === undefined) {
    throw new ClusterSettingsError(
      `"${address}" is no address of a Temporal server. Give host:port, as localhost:7233.`,
    );
  }
  return host.toLowerCase();
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}

function contentOf(
  flag: string | undefined,
  env: NodeJS.ProcessEnv,
  variable: string,
  older: string,
): Buffer | undefined {
  const data = given(env, `${variable}_DATA`);
  const file = flag ?? given(env, `${variable}_PATH`) ?? (data === undefined ? given(env, older) : undefined);
  if (file === undefined) return data === undefined ? undefined : Buffer.from(data);
  try {
    return readFileSync(file);
  } catch (error) {
    throw new ClusterSettingsError(`The file for TLS with Temporal cannot be read: ${(error as Error).message}.`);
  }
}

/** An empty variable counts as absent. */
function given(env: NodeJS.ProcessEnv, name: string): string | undefined {
  const value = env[name]?.trim();
  return value === undefined || value === "" ? undefined : value;
}

const isOn = (env: NodeJS.ProcessEnv, name: string) => /^(true|1)$/i.test(given(env, name) ?? "");
const isOff = (env: NodeJS.ProcessEnv, name: string) => /^(false|0)$/i.test(given(env, name) ?? "");
