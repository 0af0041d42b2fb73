import type { CatalogueRow } from "../../provider/dist/catalogue/form.js";
import { TRANSPORTS } from "../../provider/dist/catalogue/model.js";
import type { ModelKind, Transport } from "../../provider/dist/catalogue/model.js";
import { knownKind } from "./additions.ts";
import type { MetadataEntry } from "./source.ts";
import { vendorOf } from "./vendors.ts";

/** Software that the metadata describes in the same words as a key to carry. */
const SOFTWARE = new Set([
  "820d89ed-d65a-409e-85cb-f73f0578f82a", // IDmelon Authenticator, a phone app
  "5e264d9d-28ef-4d34-95b4-5941e7a4faa8", // Ideem ZSM, software
]);

const PHONE_OR_SOFTWARE = /\b(Android|iOS|App|Passkey Provider|Password Manager|Virtual)\b/;
const SAMPLE = /\b(sample|conformance|dummy|virtual|draft|preview)\b/i;

/** One entry of the metadata in the form of the catalogue. */
export function toRow(entry: MetadataEntry): CatalogueRow {
  const name = entry.description.trim().replace(/\s+/g, " ");
  const kind = kindOf(entry, name);
  const flags = [
    entry.biometric && "b",
    entry.residentKey && "r",
    entry.extensions.includes("hmac-secret") && "h",
    isFips(entry, name) && "f",
    // A passkey that can be copied to another device cannot prove where it is.
    kind !== "passkeyProvider" && isEntraEligible(entry) && "e",
    (SAMPLE.test(name) || /^TEST\b/.test(name)) && "s",
  ];
  return [
    entry.aaguid,
    name,
    vendorOf(name),
    kind,
    transportsOf(entry, name).join(" "),
    [...new Set(entry.keyProtection)].sort().join(" "),
    flags.filter(Boolean).join(""),
    entry.statusReports.map((report) => `${report.status} ${report.effectiveDate}`).join(","),
  ];
}

function kindOf(entry: MetadataEntry, name: string): ModelKind {
  const known = knownKind(entry.aaguid);
  if (known !== undefined) return known as ModelKind;
  const inDevice =
    [...entry.transports, ...entry.attachmentHint].some((way) => way === "internal" || way === "hybrid") ||
    entry.attachmentHint.some((way) => way === "network" || way === "wifi_direct") ||
    entry.attachmentHint.length === 0;
  return inDevice || SOFTWARE.has(entry.aaguid) || PHONE_OR_SOFTWARE.test(name) ? "other" : "securityKey";
}

/**
 * The transports that the authenticator reports, and what its attachment hints add. Older entries have only hints; there
 * "wired" is USB, except for a card, where it is the contact interface.
 */
export function transportsOf(entry: MetadataEntry, name: string): Transport[] {
  const found = new Set<string>(entry.transports);
  for (const hint of entry.attachmentHint) {
    if (hint === "bluetooth") found.add("ble");
    else if (hint !== "wired") found.add(hint);
    else if (entry.transports.length === 0) found.add(/card/i.test(name) ? "smart-card" : "usb");
  }
  if (/\bLightning\b/.test(name)) found.add("lightning");
  return TRANSPORTS.filter((transport) => found.has(transport));
}

function isFips(entry: MetadataEntry, name: string): boolean {
  return /\bFIPS\b/.test(name) || entry.statusReports.some(({ status }) => /^FIPS140_CERTIFIED/.test(status));
}

/**
 * What Entra asks of a model where attestation is enforced, as far as the metadata tells.
 *
 * @see https://learn.microsoft.com/entra/identity/authentication/concept-fido2-hardware-vendor
 */
export function isEntraEligible(entry: MetadataEntry): boolean {
  const certified = lastReport(entry, /^FIDO_CERTIFIED/);
  return (
    certified !== "" &&
    certified >= lastReport(entry, /^NOT_FIDO_CERTIFIED$/) &&
    entry.versions.some((version) => version.startsWith("FIDO_2")) &&
    entry.residentKey &&
    entry.extensions.includes("hmac-secret") &&
    entry.attestationTypes.includes("basic_full")
  );
}

/** The date of the newest report of that status, or an empty string. */
function lastReport(entry: MetadataEntry, status: RegExp): string {
  const dates = entry.statusReports
    .filter((report) => status.test(report.status))
    .map((report) => report.effectiveDate);
  return dates.sort().at(-1) ?? "";
}
