import { readFileSync } from "node:fs";
import { Command, InvalidArgumentError, Option } from "commander";
import {
  defaultOf,
  parseSwitches,
  seeds,
  startEmulator,
  switchCatalogue,
  SwitchError,
  switchNames,
  type Emulator,
  type EmulatorOptions,
  type Switches,
} from "../emulator/index.js";

interface EmulatorFlags {
  seed: string;
  port: number;
  switch: Partial<Switches>;
  json: boolean;
  tlsKey?: string;
  tlsCert?: string;
}

/** `entra-passkeys emulator`: runs a local Microsoft Graph until it is told to stop. */
export function emulatorCommand(): Command {
  return new Command("emulator")
    .summary("run a local Microsoft Graph to try policies against")
    .description(
      "Runs a local Microsoft Graph for the Passkey (FIDO2) policy on a loopback port, until Ctrl-C.\n" +
        "Nothing is stored: every start begins with the seed.",
    )
    .option("--seed <file|name>", `a JSON file, or one of ${Object.keys(seeds).join(", ")}`, "contoso-legacy")
    .addOption(new Option("--port <number>", "port to listen on; 0 takes a free one").default(0).argParser(readPort))
    .addOption(
      new Option("--switch <key=value>", "answers an open question about Graph; may be given several times")
        .default({}, "see below")
        .argParser(addSwitch),
    )
    .option("--json", "print one line of JSON instead of text", false)
    .option("--tls-key <file>", "PEM key: serves HTTPS, which the azuread provider insists on")
    .option("--tls-cert <file>", "PEM certificate for localhost and 127.0.0.1, together with --tls-key")
    .addHelpText("after", helpText)
    .action(run);
}

async function run(flags: EmulatorFlags, command: Command): Promise<void> {
  if ((flags.tlsKey === undefined) !== (flags.tlsCert === undefined)) {
    command.error("error: --tls-key and --tls-cert go together");
  }
  const stop = stopSignal();
  const emulator = await startEmulator({
    seed: flags.seed,
    port: flags.port,
    switches: flags.switch,
    ...readTls(flags),
  });
  console.log(flags.json ? JSON.stringify(describe(emulator)) : text(emulator));
  await stop;
  await emulator.close();
}

function readTls({ tlsKey, tlsCert }: EmulatorFlags): Pick<EmulatorOptions, "tls"> {
  return tlsKey === undefined || tlsCert === undefined
    ? {}
    : { tls: { key: readFileSync(tlsKey, "utf8"), cert: readFileSync(tlsCert, "utf8") } };
}

/** Listens before anything is started, so that a signal during the start ends cleanly too. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    process.once("SIGINT", () => resolve());
    process.once("SIGTERM", () => resolve());
  });
}

function describe(emulator: Emulator) {
  return {
    url: emulator.url,
    port: emulator.port,
    control: `${emulator.url}/_emulator`,
    tenants: emulator.tenants.map((tenant) => ({
      id: tenant.id,
      displayName: tenant.displayName,
      mode: tenant.mode,
      environment: {
        ARM_TENANT_ID: tenant.id,
        ARM_CLIENT_ID: tenant.client.id,
        ARM_CLIENT_SECRET: tenant.client.secret,
        ENTRA_PASSKEYS_ENDPOINT: emulator.url,
      },
    })),
  };
}

function text(emulator: Emulator): string {
  const { url, control, tenants } = describe(emulator);
  const lines = [`Microsoft Graph emulator at ${url}`, `Control and audit log at ${control}`];
  for (const { displayName, id, mode, environment } of tenants) {
    lines.push("", `${displayName} (${id}), ${mode === "legacy" ? "not opted in to profiles" : "with profiles"}:`);
    lines.push(...Object.entries(environment).map(([name, value]) => `  export ${name}='${quote(value)}'`));
  }
  return [...lines, "", "Ctrl-C ends it."].join("\n");
}

function quote(value: string): string {
  return value.replaceAll("'", "'\\''");
}

function readPort(value: string): number {
  const port = Number(value);
  if (value.trim() === "" || !Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new InvalidArgumentError("A port is a whole number from 0 to 65535.");
  }
  return port;
}

function addSwitch(assignment: string, earlier: Partial<Switches>): Partial<Switches> {
  const [, name, value] = /^([^=]+)=(.*)$/.exec(assignment) ?? [];
  if (name === undefined) {
    throw new InvalidArgumentError("A switch is set by key=value.");
  }
  try {
    return { ...earlier, ...parseSwitches({ [name]: value }) };
  } catch (error) {
    throw error instanceof SwitchError ? new InvalidArgumentError(`${error.message}.`) : error;
  }
}

function helpText(): string {
  const switches = switchNames.map((name) => {
    const entry = switchCatalogue[name];
    const answers = entry.values === "number" ? `a number, ${defaultOf(entry)}` : entry.values.join(" | ");
    return `  ${name} = ${answers}\n      ${entry.question}`;
  });
  return [
    "",
    "Examples:",
    "  entra-passkeys emulator --seed school-district --port 8080",
    "  entra-passkeys emulator --seed tenants.json --switch bothDialects=profilesWin --json",
    "",
    "Switches, the default answer first:",
    ...switches,
  ].join("\n");
}
