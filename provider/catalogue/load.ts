import { FLAGS, type CatalogueData, type CatalogueRow } from "./form.js";
import {
  CERTIFICATION_LEVELS,
  type AuthenticatorModel,
  type CertificationLevel,
  type ModelKind,
  type StatusReport,
  type Transport,
} from "./model.js";

/** The catalogue in memory. */
export interface Catalogue {
  readonly number: number;
  readonly nextUpdate: string;
  readonly additions: string;
  /** Sorted by name, then by AAGUID. */
  readonly models: readonly AuthenticatorModel[];
  readonly byAaguid: ReadonlyMap<string, AuthenticatorModel>;
  /** By {@link nameKey}. */
  readonly byName: ReadonlyMap<string, readonly AuthenticatorModel[]>;
}

let loaded: Catalogue | undefined;

/** Reads the catalogue on the first call, because most runs of a program never need it. */
export function load(): Catalogue {
  loaded ??= index(readData());
  return loaded;
}

/** The form of a name that lookups compare: white space collapsed, lower case. */
export function nameKey(name: string): string {
  return name.trim().replace(/\s+/g, " ").toLowerCase();
}

function readData(): CatalogueData {
  // A call, not an import, so that loading this module does not read the file.
  return require("./data.json") as CatalogueData;
}

function index(data: CatalogueData): Catalogue {
  const models = data.models.map(toModel);
  const byName = new Map<string, AuthenticatorModel[]>();
  for (const model of models) {
    const same = byName.get(nameKey(model.name));
    if (same) same.push(model);
    else byName.set(nameKey(model.name), [model]);
  }
  return {
    number: data.number,
    nextUpdate: data.nextUpdate,
    additions: data.additions,
    models,
    byAaguid: new Map(models.map((model) => [model.aaguid, model])),
    byName,
  };
}

function toModel(row: CatalogueRow): AuthenticatorModel {
  const [aaguid, name, vendor, kind, transports, keyProtection, flags, status] = row;
  const reports = words(status, ",").map(toReport);
  const certified = isCertified(reports);
  const level = certified ? highestLevel(reports) : undefined;
  return {
    aaguid,
    name,
    ...(vendor && { vendor }),
    kind: kind as ModelKind,
    transports: words(transports) as Transport[],
    biometric: flags.includes(FLAGS.biometric),
    keyProtection: words(keyProtection),
    certification: { ...(level && { level }), certified },
    ...(flags.includes(FLAGS.fips) && { fips: true }),
    status: reports,
    residentKey: flags.includes(FLAGS.residentKey),
    hmacSecret: flags.includes(FLAGS.hmacSecret),
    entraEligible: flags.includes(FLAGS.entraEligible),
    sample: flags.includes(FLAGS.sample),
  };
}

function words(text: string, separator = " "): string[] {
  return text === "" ? [] : text.split(separator);
}

function toReport(text: string): StatusReport {
  const [status = "", effectiveDate = ""] = text.split(" ");
  return { status, effectiveDate };
}

/** A later `NOT_FIDO_CERTIFIED` takes an earlier certificate away. */
function isCertified(reports: readonly StatusReport[]): boolean {
  let certified = "";
  let withdrawn = "";
  for (const { status, effectiveDate } of reports) {
    if (status.startsWith("FIDO_CERTIFIED") && effectiveDate > certified) certified = effectiveDate;
    if (status === "NOT_FIDO_CERTIFIED" && effectiveDate > withdrawn) withdrawn = effectiveDate;
  }
  return certified !== "" && withdrawn <= certified;
}

function highestLevel(reports: readonly StatusReport[]): CertificationLevel | undefined {
  const levels = reports.map(({ status }) => status.slice("FIDO_CERTIFIED_".length).replace("plus", "+"));
  return CERTIFICATION_LEVELS.findLast((level) => levels.includes(level));
}
