import { execFile } from "node:child_process";
import { promises as files } from "node:fs";
import type { CertificateSource } from "./authentication.js";
import { SettingsError } from "./reader.js";
import type { Secret } from "./secret.js";
import { unreadableFile } from "./secretFile.js";

const PASSWORD_VARIABLE = "ENTRA_PASSKEYS_CERTIFICATE_PASSWORD";

/**
 * The certificate and its key as PEM. The azuread provider takes PKCS#12 bundles, the sign-in library takes PEM only, and
 * Node.js cannot convert one into the other, so that `openssl` does.
 *
 * @throws SettingsError where the file cannot be read or converted.
 */
export async function readCertificate(source: CertificateSource, password: Secret | undefined): Promise<string> {
  const setting = "path" in source ? "azuread:clientCertificatePath" : "azuread:clientCertificate";
  const bytes = await readBytes(source, setting);
  if (bytes.includes("-----BEGIN ")) return bytes.toString("utf8");
  const failures: string[] = [];
  // Bundles from older tools use ciphers that OpenSSL 3 only has in its legacy provider.
  for (const extra of [[], ["-legacy"]]) {
    try {
      return await convert(bytes, password, extra);
    } catch (error) {
      failures.push(error instanceof Error ? error.message : String(error));
    }
  }
  throw new SettingsError(
    setting,
    `is neither PEM nor a PKCS#12 bundle that openssl could read (${failures[0]})`,
    "Check the password, or convert the bundle once: openssl pkcs12 -in bundle.pfx -out bundle.pem -nodes",
  );
}

async function readBytes(source: CertificateSource, setting: string): Promise<Buffer> {
  if ("base64" in source) return Buffer.from(source.base64.reveal(), "base64");
  try {
    return await files.readFile(source.path);
  } catch (error) {
    throw unreadableFile(setting, error);
  }
}

function convert(bundle: Buffer, password: Secret | undefined, extra: readonly string[]): Promise<string> {
  const args = ["pkcs12", "-nodes", "-passin", `env:${PASSWORD_VARIABLE}`, ...extra];
  const env = { ...process.env, [PASSWORD_VARIABLE]: password?.reveal() ?? "" };
  return new Promise((resolve, reject) => {
    const child = execFile("openssl", args, { env, timeout: 15_000 }, (error, stdout) => {
      if (!error && stdout.includes("PRIVATE KEY")) resolve(stdout);
      else if (error?.code === "ENOENT") reject(new Error("openssl is not on the PATH"));
      else reject(new Error("wrong password or unknown format"));
    });
    // A child that could not start, or that did not read to the end, has said why through the callback.
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(bundle);
  });
}
