import { readdirSync, readFileSync } from "node:fs";
import { join, posix, resolve, sep } from "node:path";
import { marked, type Token, type Tokens } from "marked";

export const root = resolve(import.meta.dirname, "../..");

/** Folders that are not ours, or are made by runs; the reports in test/ are expected output, with hostile names. */
const PASSED_OVER = new Set(["node_modules", "dist", ".git", ".cache", ".artifacts", ".entra-passkeys", "test"]);

export interface MarkdownPage {
  /** Relative to the root, with slashes. */
  readonly path: string;
  readonly tokens: readonly Token[];
}

/** Every Markdown file of the repository. */
export function markdownPages(): MarkdownPage[] {
  const pages: MarkdownPage[] = [];
  const walk = (folder: string): void => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = posix.join(folder.split(sep).join("/"), entry.name);
      if (entry.isDirectory()) {
        if (!PASSED_OVER.has(entry.name)) walk(path);
      } else if (entry.name.endsWith(".md")) {
        pages.push({ path, tokens: marked.lexer(readFileSync(join(root, path), "utf8")) });
      }
    }
  };
  walk("");
  return pages.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** All tokens of a type, at whatever depth. */
export function tokensOf<T extends Token>(tokens: readonly Token[], type: T["type"]): T[] {
  const found: T[] = [];
  marked.walkTokens([...tokens], (token) => {
    if (token.type === type) found.push(token as T);
  });
  return found;
}

/** Fenced code with its language and the words behind it. */
export function codeBlocks(page: MarkdownPage): { language: string; words: string[]; text: string }[] {
  return tokensOf<Tokens.Code>(page.tokens, "code").map(({ lang, text }) => {
    const [language = "", ...words] = (lang ?? "").split(/\s+/);
    return { language, words, text };
  });
}

/** The anchors that GitHub gives to the headings of a page. */
export function anchorsOf(page: MarkdownPage): Set<string> {
  const anchors = new Set<string>();
  for (const heading of tokensOf<Tokens.Heading>(page.tokens, "heading")) {
    const slug = plainText(heading.tokens)
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-");
    let anchor = slug;
    for (let number = 1; anchors.has(anchor); number++) anchor = `${slug}-${number}`;
    anchors.add(anchor);
  }
  return anchors;
}

function plainText(tokens: readonly Token[]): string {
  return tokens
    .map((token) => {
      if ("tokens" in token && token.tokens !== undefined) return plainText(token.tokens);
      return "text" in token ? String(token.text) : "";
    })
    .join("");
}
