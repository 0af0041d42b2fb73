import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { archiveName, checksumIn, downloadEngine } from "../../tools/engine/download.ts";
import { engineVersion } from "../../tools/engine/index.ts";
import { WayClosedError } from "../../tools/engine/types.ts";

describe("downloadEngine", () => {
  const archive = archiveName("linux", "x64")!;
  const progress = { line() {}, status() {} };
  const patience = { connect: 300, stall: 300 };
  let folder: string;
  let server: Server;

  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "entra-passkeys-tools-"))));
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function serve(answer: RequestListener): Promise<string> {
    server = createServer(answer);
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** A release like Pulumi's, served with these checksums. */
  async function release(checksum?: string): Promise<string> {
    const source = join(folder, "source/pulumi");
    mkdirSync(source, { recursive: true });
    const programs = ["pulumi", "pulumi-language-nodejs", "pulumi-resource-pulumi-nodejs", "pulumi-language-go"];
    for (const name of programs) writeFileSync(join(source, name), name);
    execFileSync("tar", ["-czf", join(folder, "archive"), "-C", join(folder, "source"), "pulumi"]);
    const bytes = readFileSync(join(folder, "archive"));
    const hash = checksum ?? createHash("sha256").update(bytes).digest("hex");
    return await serve((request, response) => {
      const isList = request.url === `/pulumi-${engineVersion}-checksums.txt`;
      if (isList) response.end(`${hash}  ${archiveName()}\n`);
      else if (request.url === `/${archiveName()}`) response.end(bytes);
      else response.writeHead(404).end();
    });
  }

  const download = (base: string) => downloadEngine(folder, progress, { base, patience });

  it("puts the programs that Node.js needs into bin", async () => {
    await download(await release());
    const expected = ["pulumi", "pulumi-language-nodejs", "pulumi-resource-pulumi-nodejs"];
    assert.deepEqual(readdirSync(join(folder, "bin")).sort(), expected);
  });

  it("refuses an archive that does not match the published checksum", async () => {
    const base = await release("0".repeat(64));
    await assert.rejects(download(base), /does not match its published checksum/);
  });

  it("refuses an archive without a published checksum", async () => {
    await assert.rejects(download(await release("nothing")), /no checksum is published/);
  });

  it("gives up at once where the network refuses", async () => {
    const started = Date.now();
    await assert.rejects(download("http://127.0.0.1:1"), WayClosedError);
    assert.ok(Date.now() - started < 2_000);
  });

  it("gives up soon where nobody answers, and where a transfer stands still", async () => {
    const started = Date.now();
    await assert.rejects(download(await serve(() => {})), /no answer within 0\.3 s/);
    server.close();
    const base = await serve((request, response) => {
      if (request.url!.endsWith(".txt")) response.end(`${"0".repeat(64)}  ${archiveName()}\n`);
      else response.writeHead(200, { "content-length": "100" }).write("half");
    });
    await assert.rejects(download(base), /broke off after 4 bytes/);
    assert.ok(Date.now() - started < 5_000);
  });

  it("says what the server answered", async () => {
    await assert.rejects(download(await serve((_, response) => response.writeHead(403).end())), /answered 403/);
  });

  it("knows the names of archives and of their checksums", () => {
    assert.equal(archive, `pulumi-v${engineVersion}-linux-x64.tar.gz`);
    assert.equal(archiveName("win32", "arm64"), `pulumi-v${engineVersion}-windows-arm64.zip`);
    assert.equal(archiveName("aix", "ppc64"), undefined);
    const hash = "a".repeat(64);
    assert.equal(checksumIn(`${hash}  other\n${hash.toUpperCase()} *${archive}\n`, archive), hash);
    assert.equal(checksumIn(`short  ${archive}`, archive), undefined);
  });
});
