import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
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
import { describeEmulator, emulatorText } from "./emulator-text.js";

interface EmulatorFlags {
  seed: string;
  port: number;
  switch: Partial<Switches>;
  json: boolean;
  tls: boolean;
  certificate?: string;
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
    .option(
      "--tls",
      "serve HTTPS, which the azuread provider insists on, with a certificate made for this start",
      false,
    )
    .option("--certificate <file>", "where --tls writes its certificate; default: a new temporary folder")
    .option("--tls-key <file>", "PEM key of your own instead of --tls")
    .option("--tls-cert <file>", "PEM certificate for localhost and 127.0.0.1, together with --tls-key")
    .addHelpText("after", helpText)
    .action(run);
}

async function run(flags: EmulatorFlags, command: Command): Promise<void> {
  if ((flags.tlsKey === undefined) !== (flags.tlsCert === undefined)) {
    command.error("error: --tls-key and --tls-cert go together");
  }
  if (flags.tls && flags.tlsKey !== undefined) {
    command.error("error: --tls makes a certificate of its own; leave out --tls-key and --tls-cert, or --tls");
  }
  if (flags.certificate !== undefined && !flags.tls) {
    command.error("error: --certificate says where --tls writes its certificate; add --tls");
  }
  const stop = stopSignal();
  const emulator = await startEmulator({
    seed: flags.seed,
    port: flags.port,
    switches: flags.switch,
    ...readTls(flags),
  });
  let certificate: PlacedCertificate | undefined;
  try {
    certificate = placeCertificate(emulator, flags);
    const description = describeEmulator(emulator, certificate.file);
    console.log(flags.json ? JSON.stringify(description) : emulatorText(description));
    await stop;
  } finally {
    certificate?.remove();
    await emulator.close();
  }
}

function readTls({ tls, tlsKey, tlsCert }: EmulatorFlags): Pick<EmulatorOptions, "tls"> {
  if (tls) {
    return { tls: "self-signed" };
  }
  return tlsKey === undefined || tlsCert === undefined
    ? {}
    : { tls: { key: readFileSync(tlsKey, "utf8"), cert: readFileSync(tlsCert, "utf8") } };
}

interface PlacedCertificate {
  /** Absent without TLS. */
  file?: string;
  remove(): void;
}

/** Where clients find the certificate; a temporary folder goes when the emulator ends, a given file stays. */
function placeCertificate(emulator: Emulator, flags: EmulatorFlags): PlacedCertificate {
  const kept = { remove: () => undefined };
  if (flags.tlsCert !== undefined) {
    return { ...kept, file: resolve(flags.tlsCert) };
  }
  if (emulator.certificate === undefined) {
    return kept;
  }
  if (flags.certificate !== undefined) {
    writeFileSync(flags.certificate, emulator.certificate);
    return { ...kept, file: resolve(flags.certificate) };
  }
  const folder = mkdtempSync(join(tmpdir(), "entra-passkeys-"));
  const file = join(folder, "certificate.pem");
  writeFileSync(file, emulator.certificate);
  return { file, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Listens before anything is started, so that a signal during the start ends cleanly too. */
function stopSignal(): Promise<void> {
  return new Promise((end) => {
    process.once("SIGINT", () => end());
    process.once("SIGTERM", () => end());
  });
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
    "  entra-passkeys emulator --tls --certificate emulator.pem",
    "  entra-passkeys emulator --seed tenants.json --switch bothDialects=profilesWin --json",
    "",
    "Switches, the default answer first:",
    ...switches,
  ].join("\n");
}
