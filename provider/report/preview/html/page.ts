import { createHash } from "node:crypto";
import { markup, type Markup } from "./markup.js";
import { STYLE } from "./style.js";

export interface PageParts {
  readonly title: string | Markup;
  /** What is in the body; ends with a new line. */
  readonly body: Markup;
  /** The only script of the page, a constant: it is in the page as it is, or its hash would not fit. */
  readonly script?: string;
}

const hash = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

/** A whole page that needs nothing else: nothing is loaded, and nothing runs but the script that it is given. */
export function page({ title, body, script }: PageParts): string {
  const scripts = script === undefined ? "" : ` script-src ${hash(script)};`;
  const policy = `default-src 'none'; style-src ${hash(STYLE)};${scripts} base-uri 'none'; form-action 'none'`;
  const head = markup`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
`;
  const run = script === undefined ? "" : `<script>${script}</script>\n`;
  return `${head.text}<style>${STYLE}</style>\n</head>\n<body>\n${body.text}${run}</body>\n</html>\n`;
}
