import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { download } from "../../tools/catalogue/download.ts";

/** Runs a test against a server of its own. */
async function serving(listener: RequestListener, test: (address: string) => Promise<void>): Promise<void> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    await test(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

describe("download", () => {
  it("follows a redirect, says how far it is, and gives the text", () =>
    serving(
      (request, response) => {
        if (request.url === "/") response.writeHead(302, { location: "/blob" }).end();
        else response.end("x".repeat(3 * 1024 * 1024));
      },
      async (address) => {
        const seen: number[] = [];
        assert.equal((await download(address, (bytes) => seen.push(bytes))).length, 3 * 1024 * 1024);
        assert.ok(seen.length > 0 && seen.every((bytes, i) => bytes > (seen[i - 1] ?? 0)));
      },
    ));

  it("says what to do where it is answered with an error", () =>
    serving(
      (_request, response) => response.writeHead(503).end(),
      (address) => assert.rejects(download(address), /cannot download http:.*: it answered 503\. .*--blob <file>/),
    ));

  it("says what to do where the connection is cut", () =>
    serving(
      (_request, response) => {
        response.writeHead(200, { "content-length": "1000" });
        response.write("half", () => response.destroy());
      },
      (address) => assert.rejects(download(address), /cannot download .*--blob <file>/),
    ));

  it("says what to do where nobody answers", async () => {
    let closed = "";
    await serving(
      (_request, response) => response.end(),
      async (address) => void (closed = address),
    );
    await assert.rejects(download(closed), /cannot download .*ECONNREFUSED.*--blob <file>/);
  });
});
