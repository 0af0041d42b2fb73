import { styleText } from "node:util";

export type Format = Parameters<typeof styleText>[0];

/** Colours on a terminal, unless NO_COLOR says otherwise. */
export function hasColours(out: { readonly isTTY?: boolean }, env: NodeJS.ProcessEnv): boolean {
  return out.isTTY === true && !env["NO_COLOR"] && env["TERM"] !== "dumb";
}

/** A text in a format, whatever the stream is. */
export const coloured = (format: Format, text: string): string => styleText(format, text, { validateStream: false });
