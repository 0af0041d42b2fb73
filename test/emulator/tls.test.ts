import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { get } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmulator } from "../../provider/dist/emulator/index.js";

describe("startEmulator with tls", () => {
  it("serves HTTPS, with links that say so", async function () {
    const folder = await mkdtemp(join(tmpdir(), "tls-"));
    try {
      const [keyFile, certFile] = [join(folder, "key.pem"), join(folder, "cert.pem")];
      const made = spawnSync("openssl", [
        ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1"],
        ...["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
        ...["-keyout", keyFile, "-out", certFile],
      ]);
      if (made.error !== undefined) {
        // Node.js cannot make certificates; without openssl there is nothing to serve with.
        this.skip();
      }
      assert.equal(made.status, 0, String(made.stderr));
      const tls = { key: await readFile(keyFile, "utf8"), cert: await readFile(certFile, "utf8") };
      await using emulator = await startEmulator({ tls });
      assert.match(emulator.url, /^https:/);
      const text = await new Promise<string>((resolve, reject) => {
        get(`${emulator.url}/metadata/endpoints?api-version=2022-09-01`, { ca: tls.cert }, (response) => {
          let body = "";
          response.setEncoding("utf8").on("data", (part: string) => (body += part));
          response.on("end", () => resolve(body));
        }).on("error", reject);
      });
      const metadata = JSON.parse(text) as Record<string, string>;
      assert.equal(metadata["microsoftGraphResourceId"], `${emulator.url}/`);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
