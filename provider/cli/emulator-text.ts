import type { Emulator } from "../emulator/index.js";

/** What `entra-passkeys emulator` says of itself; printed as it is with `--json`. */
export interface EmulatorDescription {
  url: string;
  port: number;
  control: string;
  /** File with what clients have to trust; absent without TLS. */
  certificate?: string;
  tenants: { id: string; displayName: string; mode: string; environment: Record<string, string> }[];
}

/** @param certificate file that has the emulator's certificate, with TLS */
export function describeEmulator(emulator: Emulator, certificate?: string): EmulatorDescription {
  const { url, port } = emulator;
  const tls: Record<string, string> =
    certificate === undefined
      ? {}
      : {
          ARM_METADATA_HOSTNAME: new URL(url).host,
          ARM_USE_CLI: "false",
          SSL_CERT_FILE: certificate,
          NODE_EXTRA_CA_CERTS: certificate,
        };
  return {
    url,
    port,
    control: `${url}/_emulator`,
    ...(certificate === undefined ? {} : { certificate }),
    tenants: emulator.tenants.map((tenant) => ({
      id: tenant.id,
      displayName: tenant.displayName,
      mode: tenant.mode,
      environment: {
        ARM_TENANT_ID: tenant.id,
        ARM_CLIENT_ID: tenant.client.id,
        ARM_CLIENT_SECRET: tenant.client.secret,
        ENTRA_PASSKEYS_ENDPOINT: url,
        ...tls,
      },
    })),
  };
}

/** The same for people: what to copy into the shell that runs Pulumi, Terraform or curl. */
export function emulatorText({ url, control, certificate, tenants }: EmulatorDescription): string {
  const lines = [`Microsoft Graph emulator at ${url}`, `Control and audit log at ${control}`];
  if (certificate !== undefined) {
    lines.push(`Certificate in ${certificate}`);
  }
  for (const { displayName, id, mode, environment } of tenants) {
    lines.push("", `${displayName} (${id}), ${mode === "legacy" ? "not opted in to profiles" : "with profiles"}:`);
    lines.push(...Object.entries(environment).map(([name, value]) => `  export ${name}=${quote(value)}`));
  }
  if (certificate !== undefined) {
    lines.push("", ...tlsHelp(url, certificate));
  }
  return [...lines, "", "Ctrl-C ends it."].join("\n");
}

function tlsHelp(url: string, certificate: string): string[] {
  return [
    "pulumi and terraform: copy the lines of one tenant. The azuread provider finds Graph and its tokens through",
    "  ARM_METADATA_HOSTNAME, this package through ENTRA_PASSKEYS_ENDPOINT.",
    "SSL_CERT_FILE takes the place of the bundle of certificates that Go programs trust: set it for the runs against the",
    "  emulator only, and not where a state backend or a registry has to be reached. On macOS and Windows, Go asks the",
    "  system instead: add the certificate there.",
    "NODE_EXTRA_CA_CERTS adds to what Node.js trusts, and is read when it starts.",
    `curl: curl --cacert ${quote(certificate)} ${url}/metadata/endpoints`,
  ];
}

function quote(value: string): string {
  return `'${value.replaceAll("'", "'\\''")}'`;
}
