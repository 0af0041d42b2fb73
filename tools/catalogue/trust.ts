/**
 * Whom the BLOB of the FIDO Metadata Service has to come from: certificates from its signer up to one pinned root.
 */
import { X509Certificate, type KeyObject } from "node:crypto";
import { rootCertificates } from "node:tls";

/** The BLOB is not what it should be; nothing of it may be used. */
export class BlobError extends Error {
  override readonly name = "BlobError";
}

/** What a BLOB is held against. */
export interface Trust {
  readonly root: X509Certificate;
  /** Host names of which the signer's certificate must have one. */
  readonly names: readonly string[];
  /** The time at which every certificate has to be valid. */
  readonly now: Date;
}

/** SHA-256 of "GlobalSign Root CA - R3", under which the FIDO Alliance signs. */
const ROOT_FINGERPRINT =
  "CB:B5:22:D7:B7:F1:27:AD:6A:01:13:86:5B:DF:1C:D4:10:2E:7D:07:59:AF:63:5A:7C:F4:72:0D:C9:63:C5:3B";

/** More certificates than that are no chain. */
const LONGEST = 5;

/**
 * The official root and names.
 *
 * @throws BlobError where this Node.js does not carry the root any more.
 * @see https://fidoalliance.org/specs/mds/fido-metadata-service-v3.0-ps-20210518.html#sctn-mds-blob-proc-rules
 */
export function officialTrust(now: Date): Trust {
  const root = rootCertificates
    .map((pem) => new X509Certificate(pem))
    .find(({ fingerprint256 }) => fingerprint256 === ROOT_FINGERPRINT);
  if (root === undefined) throw new BlobError("this Node.js has no certificate of GlobalSign Root CA - R3");
  return { root, names: ["mds.fidoalliance.org", "mds3.fidoalliance.org"], now };
}

/**
 * The signer's public key, where its certificates lead to the pinned root, all of them valid at the time.
 *
 * Certificates that were revoked, name constraints and path lengths are not looked at: Node.js offers no check of them.
 *
 * @param x5c the certificates of the header: base64, the signer first, each certified by the next.
 */
export function signerKey(x5c: unknown, { root, names, now }: Trust): KeyObject {
  const chain = readChain(x5c);
  const signer = chain[0]!;
  if (!names.some((name) => signer.checkHost(name, { wildcards: false }) !== undefined)) {
    throw new BlobError(`the signer's certificate is for ${oneLine(signer.subject)}, not for ${names.join(" or ")}`);
  }
  // A root in the header is worth as much as any other certificate in it; only the pinned one counts.
  if (chain.at(-1)!.fingerprint256 !== root.fingerprint256) chain.push(root);
  chain.forEach((certificate) => checkDates(certificate, now));
  for (const [place, certificate] of chain.slice(0, -1).entries()) checkIssued(certificate, chain[place + 1]!);
  return signer.publicKey;
}

function readChain(x5c: unknown): X509Certificate[] {
  if (!Array.isArray(x5c) || x5c.length === 0 || x5c.length > LONGEST) {
    throw new BlobError(`the header has no list of 1 to ${LONGEST} certificates (x5c)`);
  }
  return x5c.map((text: unknown, place) => {
    try {
      return new X509Certificate(Buffer.from(text as string, "base64"));
    } catch (cause) {
      throw new BlobError(`certificate ${place} of the header cannot be read`, { cause });
    }
  });
}

function checkDates({ subject, validFromDate, validToDate }: X509Certificate, now: Date): void {
  if (now < validFromDate) {
    throw new BlobError(`the certificate of ${oneLine(subject)} is not valid before ${day(validFromDate)}`);
  }
  if (now > validToDate) throw new BlobError(`the certificate of ${oneLine(subject)} ended on ${day(validToDate)}`);
}

function checkIssued(certificate: X509Certificate, issuer: X509Certificate): void {
  if (issuer.ca && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey)) return;
  throw new BlobError(
    `the certificate of ${oneLine(certificate.subject)} was not issued by ${oneLine(issuer.subject)}; a certificate is ` +
      "missing in between, or the BLOB is not from the FIDO Alliance",
  );
}

const oneLine = (subject: string) => JSON.stringify(subject.split("\n").join(", ").slice(0, 120));
const day = (date: Date) => date.toISOString().slice(0, 10);
