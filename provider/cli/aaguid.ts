import { Command, InvalidArgumentError, Option } from "commander";
import {
  catalogueEdition,
  CERTIFICATION_LEVELS,
  compromises,
  listVendors,
  MODEL_KINDS,
  resolveModel,
  searchModels,
  selectModels,
  suggest,
  TRANSPORTS,
  type AuthenticatorModel,
  type CertificationLevel,
  type ModelKind,
  type ModelSelector,
  type Transport,
} from "../catalogue/index.js";
import { counted } from "../policy/counted.js";

interface AaguidFlags {
  vendor?: string;
  transports?: Transport[];
  biometric?: boolean;
  certified?: boolean | CertificationLevel;
  fips?: boolean;
  kind?: ModelKind;
  all: boolean;
  json: boolean;
}

/** `entra-passkeys aaguid`: which authenticator models there are. */
export function aaguidCommand(): Command {
  return new Command("aaguid")
    .summary("look up authenticator models by name, AAGUID or what they can do")
    .description(
      "Looks up authenticator models by name, by a part of it, by AAGUID, or by conditions.\n" +
        "The conditions are those of select in a program; with a name they narrow what it finds.",
    )
    .argument("[query...]", "a name, words of a name or vendor, or AAGUIDs")
    .option("--vendor <name>", "made by this vendor")
    .addOption(new Option("--transports <list>", "has all of these, such as usb,nfc").argParser(readTransports))
    .option("--biometric", "reads a fingerprint or the like")
    .option("--no-biometric", "asks for a PIN only")
    .addOption(
      new Option("--certified [level]", `FIDO certified, at least at ${CERTIFICATION_LEVELS.join(", ")}`)
        .preset("")
        .argParser(readLevel),
    )
    .option("--fips", "known as a FIPS model")
    .option("--no-fips", "not known as a FIPS model")
    .addOption(new Option("--kind <kind>", "kind of model (securityKey)").choices(MODEL_KINDS))
    .option("--all", "also models that Entra does not take where attestation is enforced", false)
    .option("--json", "print JSON instead of a table", false)
    .addHelpText("after", HELP)
    .action(run);
}

const HELP = `
Examples:
  entra-passkeys aaguid YubiKey 5 NFC
  entra-passkeys aaguid 2fc0579f-8113-47ea-b116-bb5a8db9202a
  entra-passkeys aaguid --vendor Yubico --transports usb,nfc --certified L2 --fips
  entra-passkeys aaguid --kind passkeyProvider --all

Exit codes: 0 found, 1 nothing found, 2 the command line makes no sense.`;

function run(words: string[], flags: AaguidFlags, command: Command): void {
  const query = words.join(" ").trim();
  const selector = toSelector(flags);
  if (query === "" && selector === undefined) {
    command.error("error: give a name, an AAGUID or a condition");
  }
  const named = query === "" ? undefined : search(query);
  const models = narrow(named, selector);
  const nothing = models.length === 0 ? nothingFound(query, named ?? [], flags) : undefined;
  const suggestions = nothing?.suggestions ?? [];
  if (flags.json) console.log(JSON.stringify({ catalogue: edition(), models, suggestions }, undefined, 2));
  if (nothing !== undefined) throw new Error(nothing.message);
  if (!flags.json) console.log([...table(models), "", footer(models.length)].join("\n"));
}

function search(query: string): AuthenticatorModel[] {
  const whole = searchModels(query);
  if (whole.length > 0) return whole;
  const words = query.split(/[\s,]+/);
  return words.every((word) => resolveModel(word).aaguids !== undefined) ? words.flatMap(searchModels) : [];
}

/** The conditions as `select` takes them, or undefined where none is given. */
function toSelector({ json: _, all, ...conditions }: AaguidFlags): ModelSelector | undefined {
  if (Object.keys(conditions).length === 0 && !all) return undefined;
  return { ...conditions, entraEligible: !all };
}

function narrow(
  named: readonly AuthenticatorModel[] | undefined,
  selector: ModelSelector | undefined,
): readonly AuthenticatorModel[] {
  if (selector === undefined) return named ?? [];
  const selected = selectModels(selector);
  return named === undefined ? selected : selected.filter((model) => named.includes(model));
}

function nothingFound(
  query: string,
  named: readonly AuthenticatorModel[],
  { vendor, all }: AaguidFlags,
): { message: string; suggestions: readonly string[] } {
  const hint = all ? "leave a condition out" : "leave a condition out, or add --all";
  if (named.length > 0) {
    const message = `${count(named.length)} found for ${JSON.stringify(query)}, but none under these conditions; ${hint}`;
    return { message, suggestions: [] };
  }
  if (query === "") {
    const vendors = vendor === undefined ? [] : suggest(vendor, listVendors());
    const known = listVendors().some((name) => name.toLowerCase() === vendor?.trim().toLowerCase());
    if (vendor === undefined || known) return { message: `no model meets these conditions; ${hint}`, suggestions: [] };
    return { message: `no vendor is called ${JSON.stringify(vendor)}${meant(vendors)}`, suggestions: vendors };
  }
  const resolution = resolveModel(query);
  if (resolution.error === undefined) {
    return { message: `the catalogue has no model with the AAGUID ${query.toLowerCase()}`, suggestions: [] };
  }
  const { error, suggestions } = resolution;
  return { message: `${error}${meant(suggestions)}`, suggestions };
}

function meant(suggestions: readonly string[]): string {
  return suggestions.length === 0 ? "" : `; did you mean\n${suggestions.map((name) => `  ${name}`).join("\n")}`;
}

/** Longer names push their line, so that the other lines stay readable. */
const WIDEST = 60;

function table(models: readonly AuthenticatorModel[]): string[] {
  const rows = [["Name", "AAGUID", "Transports", "Biometric", "Certified", "Entra", "Status"], ...models.map(row)];
  const widths = rows[0]!.map((_, column) => Math.min(WIDEST, Math.max(...rows.map((cells) => cells[column]!.length))));
  return rows.map((cells) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join("  ")
      .trimEnd(),
  );
}

function row(model: AuthenticatorModel): string[] {
  const { name, aaguid, transports, biometric, certification, entraEligible } = model;
  // Of a model that only has a name nothing else is known, which is not a "no".
  const nameOnly = transports.length === 0 && model.status.length === 0;
  return [
    name,
    aaguid,
    transports.join(",") || "unknown",
    nameOnly ? "unknown" : yes(biometric),
    certification.level ?? yes(certification.certified),
    yes(entraEligible),
    badNews(model),
  ];
}

const yes = (value: boolean) => (value ? "yes" : "no");

/** What speaks against a model, with the date of each report. */
function badNews(model: AuthenticatorModel): string {
  const reports = compromises(model);
  const wasCertified = model.status.some(({ status }) => status.startsWith("FIDO_CERTIFIED"));
  if (wasCertified && !model.certification.certified) {
    reports.push(...model.status.filter(({ status }) => status === "NOT_FIDO_CERTIFIED"));
  }
  const words = reports.map(({ status, effectiveDate }) => `${status} ${effectiveDate}`);
  return [...words, ...(model.sample ? ["sample"] : [])].join(", ");
}

function edition() {
  const { number, nextUpdate, additions } = catalogueEdition();
  const daysOverdue = Math.floor((Date.now() - Date.parse(nextUpdate)) / 86_400_000);
  return { number, nextUpdate, additions, daysOverdue: Math.max(0, daysOverdue) };
}

function footer(found: number): string {
  const { number, nextUpdate, additions, daysOverdue } = edition();
  const due =
    daysOverdue === 0
      ? `a newer one is due by ${nextUpdate}`
      : `a newer one was due by ${nextUpdate}, ${daysOverdue} day${daysOverdue === 1 ? "" : "s"} ago`;
  return (
    `${count(found)}. FIDO metadata ${number}; ${due}. Models that it lacks: as of ${additions}.\n` +
    "Entra: can be registered where attestation is enforced, as far as the metadata tells."
  );
}

const count = (models: number) => counted(models, "model");

function readTransports(value: string): Transport[] {
  const names = value.split(",").map((name) => name.trim());
  const transports = names.filter((name): name is Transport => (TRANSPORTS as readonly string[]).includes(name));
  if (transports.length < names.length) {
    throw new InvalidArgumentError(`Transports are ${TRANSPORTS.join(", ")}, separated by commas.`);
  }
  return transports;
}

function readLevel(value: string): boolean | CertificationLevel {
  if (value === "") return true;
  const level = CERTIFICATION_LEVELS.find((known) => known === value.toUpperCase());
  if (level === undefined) {
    throw new InvalidArgumentError(`A level is one of ${CERTIFICATION_LEVELS.join(", ")}; a name goes in front of it.`);
  }
  return level;
}
