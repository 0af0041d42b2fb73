import { generateKeyPair, randomBytes, X509Certificate } from "node:crypto";
import { promisify } from "node:util";

/** What an HTTPS server needs, as PEM texts. */
export interface KeyAndCertificate {
  key: string;
  cert: string;
}

const DAYS = 30;
const MINUTE = 60_000;
const DNS = 2;
const IP = 7;

/**
 * A new key with a certificate for `localhost`, `127.0.0.1` and `::1` that signs itself, valid from a minute ago for 30
 * days. It can sign no other certificate, and the key never leaves this process.
 */
export async function selfSigned(): Promise<KeyAndCertificate> {
  const pair = promisify(generateKeyPair)("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  // Loaded here: an emulator without TLS does not pay for it.
  const { default: forge } = await import("node-forge");
  const { publicKey, privateKey } = await pair;
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.publicKeyFromPem(publicKey);
  // A serial number is positive; its first byte is below 0x80 and not 0.
  certificate.serialNumber = `4a${randomBytes(15).toString("hex")}`;
  certificate.validity.notBefore = new Date(Date.now() - MINUTE);
  certificate.validity.notAfter = new Date(Date.now() + DAYS * 24 * 60 * MINUTE);
  const name = [{ name: "commonName", value: "entra-passkeys emulator" }];
  certificate.setSubject(name);
  certificate.setIssuer(name);
  certificate.setExtensions([
    { name: "basicConstraints", cA: false, critical: true },
    { name: "keyUsage", digitalSignature: true, keyEncipherment: true, critical: true },
    { name: "extKeyUsage", serverAuth: true },
    {
      name: "subjectAltName",
      altNames: [
        { type: DNS, value: "localhost" },
        { type: IP, ip: "127.0.0.1" },
        { type: IP, ip: "::1" },
      ],
    },
  ]);
  certificate.sign(forge.pki.privateKeyFromPem(privateKey), forge.md.sha256.create());
  // Node.js writes the PEM with the line ends of this machine, not with CRLF.
  return { key: privateKey, cert: new X509Certificate(forge.pki.certificateToPem(certificate)).toString() };
}
