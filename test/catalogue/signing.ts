import { createPrivateKey, generateKeyPairSync, X509Certificate } from "node:crypto";
import forge from "node-forge";
import { CompactSign } from "jose";
import type { Trust } from "../../tools/catalogue/trust.ts";

export const NOW = new Date("2026-06-15T12:00:00Z");
export const SIGNER = "mds.fidoalliance.org";

/** A certificate and its private key. */
interface Party {
  readonly certificate: forge.pki.Certificate;
  readonly pem: string;
}

interface Subject {
  readonly name: string;
  readonly ca: boolean;
  readonly from?: string;
  readonly until?: string;
}

let serial = 1;
const made = new Map<string, { publicKey: string; privateKey: string }>();

/** Made by Node.js, which is much faster at it, and used again, because it is slow all the same. */
function keysOf(whose: string): { publicKey: string; privateKey: string } {
  const keys =
    made.get(whose) ??
    generateKeyPairSync("rsa", {
      modulusLength: 2048,
      publicKeyEncoding: { type: "spki", format: "pem" },
      privateKeyEncoding: { type: "pkcs8", format: "pem" },
    });
  made.set(whose, keys);
  return keys;
}

/** A certificate by an issuer, or a root without one. */
function certify(whose: string, subject: Subject, issuer?: Party): Party {
  const keys = keysOf(whose);
  const certificate = forge.pki.createCertificate();
  const name = [{ name: "commonName", value: subject.name }];
  certificate.publicKey = forge.pki.publicKeyFromPem(keys.publicKey);
  certificate.serialNumber = `0${serial++}`.slice(-2);
  certificate.validity.notBefore = new Date(subject.from ?? "2026-01-01");
  certificate.validity.notAfter = new Date(subject.until ?? "2027-01-01");
  certificate.setSubject(name);
  certificate.setIssuer(issuer?.certificate.subject.attributes ?? name);
  const extensions: object[] = [{ name: "basicConstraints", cA: subject.ca, critical: true }];
  if (!subject.ca) extensions.push({ name: "subjectAltName", altNames: [{ type: 2, value: subject.name }] });
  certificate.setExtensions(extensions);
  certificate.sign(forge.pki.privateKeyFromPem(issuer?.pem ?? keys.privateKey), forge.md.sha256.create());
  return { certificate, pem: keys.privateKey };
}

const pem = ({ certificate }: Party) => forge.pki.certificateToPem(certificate);
const base64 = (party: Party) => new X509Certificate(pem(party)).raw.toString("base64");

/** What a test changes of a world in which everything is right. */
export interface Changes {
  readonly leaf?: Partial<Subject>;
  readonly intermediate?: Partial<Subject>;
  /** What the header carries of leaf, intermediate and root; all but the root unless told. */
  readonly x5c?: (leaf: string, intermediate: string, root: string) => unknown;
  /** With the same names, but keys of their own. */
  readonly others?: boolean;
}

/** A root, what it has certified, and a way to sign with it. */
export function authority({ leaf, intermediate, x5c, others }: Changes = {}) {
  const whose = others ? "their" : "our";
  const root = certify(`${whose} root`, { name: "Test Root", ca: true });
  const between = certify(`${whose} intermediate`, { name: "Test Intermediate", ca: true, ...intermediate }, root);
  const signer = certify(`${whose} signer`, { name: SIGNER, ca: false, ...leaf }, between);
  const [a, b, c] = [base64(signer), base64(between), base64(root)];
  const chain = x5c === undefined ? [a, b] : x5c(a, b, c);
  const names = [SIGNER, "mds3.fidoalliance.org"];
  const trust: Trust = { root: new X509Certificate(pem(root)), names, now: NOW };
  const sign = (payload: unknown): Promise<string> =>
    new CompactSign(new TextEncoder().encode(typeof payload === "string" ? payload : JSON.stringify(payload)))
      .setProtectedHeader({ alg: "RS256", typ: "JWT", x5c: chain as string[] })
      .sign(createPrivateKey(signer.pem));
  return { trust, sign };
}
