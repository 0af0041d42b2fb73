import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { checkWebhook, sendToWebhook, type DriftReport } from "../../provider/dist/drift/index.js";
import { fails } from "../resources/util.ts";

const report: DriftReport = {
  kind: "entra-passkeys/drift",
  version: 1,
  tenant: "3d6e2b7c-0f48-4a7b-b1d5-9c8e4f6a2b02",
  against: "state",
  time: "2026-11-26T12:00:00.000Z",
  mode: "profiles",
  compared: { parts: 4, resources: 1 },
  drift: [
    {
      resource: "PasskeyPolicy passkeys",
      part: "target Sales",
      place: "includeTargets[e1]",
      written: ["Students"],
      now: [],
      cause: "edit",
    },
  ],
  notes: [],
};

describe("sendToWebhook", () => {
  let server: Server;
  let answers: (number | "hangUp")[];
  let received: unknown[];
  let url: URL;
  beforeEach((done) => {
    received = [];
    server = createServer((request, response) => {
      const answer = answers[received.length] ?? 200;
      void json(request).then((body) => {
        received.push(body);
        if (answer === "hangUp") return void request.socket.destroy();
        response.writeHead(answer, answer === 302 ? { location: "http://127.0.0.1:1/" } : {}).end("x");
      });
    });
    server.listen(0, "127.0.0.1", () => {
      url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks/SECRET?token=SECRET`);
      done();
    });
  });
  afterEach((done) => void server.close(done));

  it("sends the report with its text", async () => {
    answers = [];
    await sendToWebhook(url, report);
    const [{ text, ...rest }] = received as [{ text: string }];
    assert.deepEqual(rest, report);
    assert.match(
      text,
      /^Tenant .* is not as written: 1 of 4 parts of 1 resource\.\n\nPasskeyPolicy passkeys\n {2}target Sales\n/,
    );
    assert.match(text, /- written: *Students\n {4}\+ now: *none/);
  });

  it("tries again where the receiver is busy or away", async () => {
    answers = [503, "hangUp", 204];
    await sendToWebhook(url, report, [1, 1]);
    assert.equal(received.length, 3);
  });

  for (const [what, list, tries, reason] of [
    ["does not take it", [404], 1, /it answered 404/],
    ["sends it elsewhere", [302], 1, /it answered 302/],
    ["stays away", ["hangUp", "hangUp", "hangUp"], 3, /UND_ERR_SOCKET|ECONNRESET/],
  ] as const) {
    it(`says that nobody was told where the receiver ${what}, and not the address`, async () => {
      answers = [...list];
      const error = await fails(sendToWebhook(url, report, [1, 1]));
      assert.match(error.message, reason);
      assert.match(error.message, new RegExp(`not delivered to ${url.host}`));
      assert.doesNotMatch(error.message, /SECRET/);
      assert.equal(received.length, tries);
    });
  }
});

describe("checkWebhook", () => {
  it("takes https, and http on this machine", () => {
    assert.equal(checkWebhook(" https://hooks.example/x ", "--webhook").host, "hooks.example");
    assert.equal(checkWebhook("http://localhost:1/x", "--webhook").hostname, "localhost");
  });
  for (const address of ["hooks.example/SECRET", "ftp://hooks.example/SECRET", "http://hooks.example/SECRET"]) {
    it(`refuses ${address.replace("SECRET", "...")} without showing it`, () => {
      assert.throws(
        () => checkWebhook(address, "--webhook"),
        (error: Error) => /^--webhook /.test(error.message) && !error.message.includes("SECRET"),
      );
    });
  }
});
