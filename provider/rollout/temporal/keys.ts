import { readFileSync } from "node:fs";

/** A key for payloads; never printed. */
export interface CodecKey {
  readonly id: string;
  readonly secret: Buffer;
}

/** Names a variable with the keys themselves, where there is no file. */
const VARIABLE = "ENTRA_PASSKEYS_CODEC_KEYS";
const FILE_VARIABLE = "ENTRA_PASSKEYS_CODEC_KEY_FILE";

/**
 * Keys for payloads: a line each, `<id>:<32 bytes in base64>`. The first one encrypts, all of them decrypt, so that a new
 * one goes to the top once every worker and client has it further down.
 *
 * @param file default: the file in `ENTRA_PASSKEYS_CODEC_KEY_FILE`, or the text in `ENTRA_PASSKEYS_CODEC_KEYS`.
 * @returns nothing where there are none: payloads are then as readable as the cluster.
 * @throws Error that names the line, and never what is in it.
 */
export function readCodecKeys(env: NodeJS.ProcessEnv, file = env[FILE_VARIABLE] || undefined): CodecKey[] {
  const text = file === undefined ? env[VARIABLE] : readFileSync(file, "utf8");
  if (text === undefined || text.trim() === "") {
    if (file !== undefined) throw new Error(`${file}: there is no key in it. ${WAY_OUT}`);
    return [];
  }
  const keys = new Map<string, CodecKey>();
  text.split(/\r?\n/).forEach((line, index) => {
    if (line.trim() === "" || line.startsWith("#")) return;
    const where = `${file ?? VARIABLE}, line ${index + 1}`;
    const [, id, base64] = /^([\w.-]{1,64}):([A-Za-z0-9+/]{43}=)\s*$/.exec(line) ?? [];
    if (id === undefined || base64 === undefined) throw new Error(`${where}: this is no key. ${WAY_OUT}`);
    if (keys.has(id)) throw new Error(`${where}: the id ${id} is used twice. Give each key an id of its own.`);
    keys.set(id, { id, secret: Buffer.from(base64, "base64") });
  });
  if (keys.size === 0) throw new Error(`${file ?? VARIABLE}: there is no key in it. ${WAY_OUT}`);
  return [...keys.values()];
}

const WAY_OUT = 'Write "<id>:<32 random bytes in base64>", for example with: echo "2026:$(openssl rand -base64 32)"';
