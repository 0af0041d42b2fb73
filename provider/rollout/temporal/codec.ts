import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { createRequire } from "node:module";
import type { Payload, PayloadCodec } from "@temporalio/common";
import type * as Proto from "@temporalio/proto";
import type { CodecKey } from "./keys.js";

const CIPHER = "aes-256-gcm";
const ENCODING = "binary/encrypted";
const NONCE = 12;
const TAG = 16;

/** A payload that cannot be decrypted, or that is not encrypted though it should be. */
export class CodecError extends Error {
  override readonly name = "CodecError";
}

/**
 * Encrypts payloads with AES-256-GCM. The id of the key is in the metadata, in the clear, and is authenticated.
 *
 * @param keys the first one encrypts; each of them decrypts what it has encrypted.
 */
export function encryptingCodec(keys: readonly CodecKey[]): PayloadCodec {
  const byId = new Map(keys.map((key) => [key.id, key]));
  const [first] = keys;
  if (first === undefined) throw new CodecError("There is no key to encrypt payloads with.");
  return {
    encode: async (payloads) => payloads.map((payload) => encrypt(payload, first)),
    decode: async (payloads) => payloads.map((payload) => decrypt(payload, byId)),
  };
}

type Bytes = Uint8Array;
/** Of the SDK's own copy: it is a dependency of the SDK, and none of this package. */
const sdk = createRequire(require.resolve("@temporalio/common"));
const proto = (sdk("@temporalio/proto") as typeof Proto).temporal.api.common.v1.Payload;
const bytes = (text: string): Bytes => Buffer.from(text, "utf8");
const textOf = (value: Bytes | null | undefined): string => Buffer.from(value ?? []).toString("utf8");

function encrypt(payload: Payload, { id, secret }: CodecKey): Payload {
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv(CIPHER, secret, nonce, { authTagLength: TAG }).setAAD(bytes(id));
  const sealed = Buffer.concat([cipher.update(proto.encode(payload).finish()), cipher.final()]);
  return {
    metadata: { encoding: bytes(ENCODING), "encryption-cipher": bytes(CIPHER), "encryption-key-id": bytes(id) },
    data: Buffer.concat([nonce, sealed, cipher.getAuthTag()]),
  };
}

function decrypt({ metadata, data }: Payload, keys: ReadonlyMap<string, CodecKey>): Payload {
  if (textOf(metadata?.["encoding"]) !== ENCODING) {
    // Whoever may write to the cluster could otherwise approve in the clear.
    throw new CodecError(
      "A payload of the cluster is not encrypted, and with a codec key all have to be. Let rollouts end that began without " +
        "the key, and send signals with a client that has it.",
    );
  }
  const id = textOf(metadata?.["encryption-key-id"]);
  const key = keys.get(id);
  if (key === undefined) {
    const known = [...keys.keys()].join(", ");
    throw new CodecError(
      `A payload is encrypted with the key "${id}", and there is ${known}. Add that key to the codec keys.`,
    );
  }
  const sealed = Buffer.from(data ?? []);
  try {
    const decipher = createDecipheriv(CIPHER, key.secret, sealed.subarray(0, NONCE), { authTagLength: TAG })
      .setAAD(bytes(id))
      .setAuthTag(sealed.subarray(-TAG));
    const plain = Buffer.concat([decipher.update(sealed.subarray(NONCE, -TAG)), decipher.final()]);
    return proto.decode(plain);
  } catch {
    throw new CodecError(
      `A payload cannot be decrypted with the key "${id}": it was changed, or that is another key of the same name. Compare ` +
        "the codec keys of clients and workers.",
    );
  }
}
