/** The BLOB of the FIDO Metadata Service: one JSON Web Signature around all metadata. */
import { compactVerify, decodeProtectedHeader, type ProtectedHeaderParameters } from "jose";
import { isObject, readMetadata, type Metadata } from "./source.ts";
import { BlobError, signerKey, type Trust } from "./trust.ts";

/** What a verified BLOB holds. */
export interface Blob {
  readonly metadata: Metadata;
  /** How many entries are not of FIDO2, so that they have no AAGUID. */
  readonly skipped: number;
  /** What someone who writes the catalogue should know. */
  readonly warnings: readonly string[];
}

/** No symmetric algorithm and no "none" can ever be among these. */
const ALGORITHMS = ["RS256", "ES256"];

/** How people verify themselves by what they are. */
const BIOMETRIC = new Set([
  "fingerprint_internal",
  "faceprint_internal",
  "eyeprint_internal",
  "voiceprint_internal",
  "handprint_internal",
]);

/**
 * Verifies a BLOB and reads it in the form of a local extract.
 *
 * @throws BlobError where it was not signed by whom it should, or is damaged.
 * @see https://fidoalliance.org/specs/mds/fido-metadata-service-v3.0-ps-20210518.html
 */
export async function readBlob(text: string, trust: Trust): Promise<Blob> {
  const payload = parse(await verify(text.trim(), trust));
  const entries = Array.isArray(payload.entries) ? payload.entries.filter(isObject) : [];
  const fido2 = entries.filter(({ aaguid }) => typeof aaguid === "string");
  const described = fido2.filter(({ metadataStatement }) => isObject(metadataStatement));
  const { no: number, nextUpdate } = payload;
  try {
    const metadata = readMetadata({ number, nextUpdate, entries: described.map(toEntry) });
    const warnings = fido2
      .filter((entry) => !described.includes(entry))
      .map(({ aaguid }) => `${String(aaguid)} has no metadata statement, so it is left out`);
    if (metadata.nextUpdate < trust.now.toISOString().slice(0, 10)) {
      warnings.push(`a newer edition was due on ${metadata.nextUpdate}`);
    }
    return { metadata, skipped: entries.length - fido2.length, warnings };
  } catch (error) {
    throw new BlobError(`the BLOB is signed, but ${(error as Error).message}`, { cause: error });
  }
}

async function verify(text: string, trust: Trust): Promise<Uint8Array> {
  let header: ProtectedHeaderParameters;
  try {
    header = decodeProtectedHeader(text);
  } catch (cause) {
    throw new BlobError("this is not a whole BLOB: three parts in base64url, separated by full stops", { cause });
  }
  if (!ALGORITHMS.includes(String(header.alg))) {
    throw new BlobError(`it is signed with ${JSON.stringify(header.alg)}, not with ${ALGORITHMS.join(" or ")}`);
  }
  const key = signerKey(header.x5c, trust);
  try {
    return (await compactVerify(text, key, { algorithms: ALGORITHMS })).payload;
  } catch (cause) {
    throw new BlobError("the signature does not fit: the BLOB was changed, or is not complete", { cause });
  }
}

type Json = Record<string, unknown>;

function parse(payload: Uint8Array): Json {
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(payload));
  } catch (cause) {
    throw new BlobError("the BLOB is signed, but holds no JSON", { cause });
  }
  if (!isObject(parsed)) throw new BlobError("the BLOB is signed, but holds no object");
  return parsed;
}

function toEntry(entry: Json): Json {
  const statement = entry.metadataStatement as Json;
  const info = isObject(statement.authenticatorGetInfo) ? statement.authenticatorGetInfo : {};
  const options = isObject(info.options) ? info.options : {};
  return {
    aaguid: String(entry.aaguid).toLowerCase(),
    description: statement.description,
    transports: info.transports ?? [],
    attachmentHint: statement.attachmentHint ?? [],
    biometric: userVerification(statement).some((method) => BIOMETRIC.has(method)),
    keyProtection: statement.keyProtection ?? [],
    attestationTypes: statement.attestationTypes ?? [],
    versions: info.versions ?? [],
    extensions: info.extensions ?? [],
    residentKey: options.rk === true,
    statusReports: list(entry.statusReports).map((report) => ({
      status: report.status,
      // A report without a date is in effect from when it was published.
      effectiveDate: report.effectiveDate ?? entry.timeOfLastStatusChange,
    })),
  };
}

/** Every method of every combination that the authenticator offers. */
function userVerification({ userVerificationDetails }: Json): string[] {
  const combinations = Array.isArray(userVerificationDetails) ? userVerificationDetails : [];
  return combinations.flatMap((methods) => list(methods).map((method) => String(method.userVerificationMethod)));
}

function list(value: unknown): Json[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
