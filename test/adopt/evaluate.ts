/** Runs the text of an exported program, with classes that only note what they are given. */
export interface Declared {
  readonly type: string;
  readonly name: string;
  readonly args: Record<string, unknown>;
  readonly options: Record<string, unknown>;
}

const IMPORT = /^import \{ ([\w, ]+) \} from "pulumi-entra-passkeys";\n/;

export function evaluate(text: string): Declared[] {
  const found: Declared[] = [];
  const names = IMPORT.exec(text)?.[1]?.split(", ") ?? [];
  const classes = names.map(
    (type) =>
      function (this: unknown, name: string, args: Record<string, unknown>, options: Record<string, unknown>) {
        found.push({ type, name, args, options });
      },
  );
  new Function(...names, text.replace(IMPORT, ""))(...classes);
  return found;
}
