import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { defaultPayloadConverter, type Payload } from "@temporalio/common";
import fc from "fast-check";
import { CodecError, encryptingCodec } from "../../../provider/dist/rollout/temporal/codec.js";
import { readCodecKeys } from "../../../provider/dist/rollout/temporal/keys.js";
import { testFolder } from "../util.ts";

const key = (id: string) => ({ id, secret: randomBytes(32) });
const [first, second] = [key("2025"), key("2026")];
const payloadOf = (value: unknown): Payload => defaultPayloadConverter.toPayload(value as never)!;
const valueOf = (payload: Payload): unknown => defaultPayloadConverter.fromPayload(payload);

describe("encryptingCodec", () => {
  it("gives back what it was given, and shows nothing of it", async () => {
    const codec = encryptingCodec([first]);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.jsonValue({ maxDepth: 2 }), { maxLength: 3 }), async (values) => {
        const payloads = values.map(payloadOf);
        const sealed = await codec.encode(payloads);
        for (const { metadata } of sealed) {
          assert.deepEqual(Object.keys(metadata!), ["encoding", "encryption-cipher", "encryption-key-id"]);
          assert.equal(Buffer.from(metadata!["encryption-key-id"]!).toString(), "2025");
        }
        assert.deepEqual((await codec.decode(sealed)).map(valueOf), payloads.map(valueOf));
      }),
      { numRuns: 100 },
    );
    const [sealed] = await codec.encode([payloadOf("Northbank")]);
    assert.ok(!Buffer.from(sealed!.data!).toString("latin1").includes("Northbank"));
  });

  it("encrypts nothing twice in the same way", async () => {
    const [one, other] = await encryptingCodec([first]).encode([payloadOf("a"), payloadOf("a")]);
    assert.notDeepEqual(one!.data, other!.data);
  });

  it("decrypts with an older key while a newer one encrypts", async () => {
    const old = await encryptingCodec([first]).encode([payloadOf("a")]);
    const both = encryptingCodec([second, first]);
    assert.deepEqual((await both.decode(old)).map(valueOf), ["a"]);
    await assert.rejects(
      encryptingCodec([first]).decode(await both.encode([payloadOf("a")])),
      /the key "2026", and there is 2025\./,
    );
  });

  it("is refused with another key of the same name, and where anything was changed", async () => {
    const [sealed] = await encryptingCodec([first]).encode([payloadOf("a")]);
    await assert.rejects(encryptingCodec([{ ...second, id: "2025" }]).decode([sealed!]), CodecError);
    for (let index = 0; index < sealed!.data!.length; index += 1) {
      const data = Uint8Array.from(sealed!.data!);
      data[index]! ^= 1;
      await assert.rejects(encryptingCodec([first]).decode([{ ...sealed, data }]), CodecError);
    }
    // The name of the key is part of it.
    const renamed = { ...sealed!.metadata, "encryption-key-id": Buffer.from("2026") };
    await assert.rejects(
      encryptingCodec([first, { ...first, id: "2026" }]).decode([{ ...sealed, metadata: renamed }]),
      CodecError,
    );
  });

  it("takes nothing that is not encrypted", async () => {
    await assert.rejects(encryptingCodec([first]).decode([payloadOf("approved")]), /is not encrypted/);
  });
});

describe("readCodecKeys", () => {
  const folder = testFolder();
  const line = ({ id, secret }: typeof first) => `${id}:${secret.toString("base64")}`;

  it("takes the file before the variable with its name, and that before the keys themselves", () => {
    const [a, b] = [join(folder(), "a"), join(folder(), "b")];
    writeFileSync(a, `# newest first\n${line(second)}\n${line(first)}\n`);
    writeFileSync(b, line(first));
    const env = { ENTRA_PASSKEYS_CODEC_KEY_FILE: b, ENTRA_PASSKEYS_CODEC_KEYS: line(second) };
    const ids = (keys: readonly { id: string }[]) => keys.map(({ id }) => id);
    assert.deepEqual(ids(readCodecKeys(env, a)), ["2026", "2025"]);
    assert.deepEqual(ids(readCodecKeys(env)), ["2025"]);
    assert.deepEqual(ids(readCodecKeys({ ...env, ENTRA_PASSKEYS_CODEC_KEY_FILE: "" })), ["2026"]);
    assert.deepEqual(readCodecKeys({}), []);
    rmSync(a);
  });

  for (const [what, text] of [
    ["a short key", `2026:${randomBytes(16).toString("base64")}`],
    ["no id", randomBytes(32).toString("base64")],
    ["an id twice", `${line(first)}\n${line(first)}`],
    ["no key", "# nothing\n"],
  ] as const) {
    it(`refuses ${what}, and does not show it`, () => {
      assert.throws(
        () => readCodecKeys({ ENTRA_PASSKEYS_CODEC_KEYS: text }),
        ({ message }: Error) =>
          /^ENTRA_PASSKEYS_CODEC_KEYS/.test(message) &&
          !/[A-Za-z0-9+/]{20}/.test(message.replaceAll("ENTRA_PASSKEYS_CODEC_KEYS", "")),
      );
    });
  }
});
