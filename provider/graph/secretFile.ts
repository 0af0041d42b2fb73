import { promises as files } from "node:fs";
import { SettingsError } from "./reader.js";
import type { Secret } from "./secret.js";

/**
 * A file with a secret. It is read each time the secret is needed, so that one that is rotated counts at once, and its
 * content is written nowhere. Errors name the setting that has the path.
 */
export class SecretFile {
  readonly #seen = new Set<string>();

  constructor(
    readonly path: string,
    /** What names the file: a setting or a variable. */
    readonly setting: string,
    /** The same secret, where it is set beside the file. */
    private readonly beside?: { readonly secret: Secret; readonly setting: string },
  ) {}

  /** @throws SettingsError where the file cannot be read, is empty, or has another secret than the one beside it. */
  async read(): Promise<string> {
    const text = await readTrimmed(this.path, this.setting);
    this.#seen.add(text);
    if (this.beside !== undefined && this.beside.secret.reveal() !== text) {
      throw new SettingsError(
        this.setting,
        `names a file with another value than ${this.beside.setting} has`,
        "Remove one of the two.",
      );
    }
    return text;
  }

  /** What was read so far, for taking it out of what services say. */
  seen(): string[] {
    return [...this.#seen];
  }
}

/** The text of a file without the white space around it; never empty. */
export async function readTrimmed(path: string, setting: string): Promise<string> {
  const text = await files.readFile(path, "utf8").catch((error: unknown) => {
    throw unreadableFile(setting, error);
  });
  return notEmpty(text, setting);
}

export function notEmpty(text: string, setting: string): string {
  if (text.trim() !== "") return text.trim();
  throw new SettingsError(setting, "names an empty file", "Check what writes the file.");
}

export function unreadableFile(setting: string, error: unknown): SettingsError {
  const reason = (error as NodeJS.ErrnoException).code ?? "unknown error";
  return new SettingsError(setting, `names a file that cannot be read (${reason})`, "Check the path and its rights.");
}
