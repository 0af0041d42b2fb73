import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join, posix } from "node:path";
import type { Tokens } from "marked";
import { marked } from "marked";
import { anchorsOf, markdownPages, root, tokensOf } from "./pages.ts";

const pages = markdownPages();
const anchors = new Map(pages.map((page) => [page.path, anchorsOf(page)]));

/** What is wrong with a link of a page; undefined where it resolves, or leads out of the repository. */
function broken(from: string, href: string): string | undefined {
  if (/^[a-z][a-z0-9+.-]*:/i.test(href)) return undefined;
  const [path = "", anchor] = href.split("#");
  const target = path === "" ? from : posix.normalize(posix.join(posix.dirname(from), decodeURI(path)));
  if (target.startsWith("..")) return `${from}: ${href} leads out of the repository`;
  if (!existsSync(join(root, target))) return `${from}: ${href} is not there`;
  if (anchor === undefined) return undefined;
  const known = anchors.get(target);
  if (known === undefined) return `${from}: ${href} has an anchor, and is no page`;
  return known.has(anchor) ? undefined : `${from}: ${href} has no such heading`;
}

describe("links of the documentation", () => {
  it("resolve, with their anchors", () => {
    const found = pages.flatMap(({ path, tokens }) =>
      [...tokensOf<Tokens.Link>(tokens, "link"), ...tokensOf<Tokens.Image>(tokens, "image")].map(({ href }) =>
        broken(path, href),
      ),
    );
    assert.ok(found.length > 200, `only ${found.length} links were found`);
    assert.deepEqual(
      found.filter((problem) => problem !== undefined),
      [],
    );
  });

  it("are told where they do not", () => {
    assert.equal(broken("README.md", "CONTRIBUTING.md#layout"), undefined);
    assert.equal(broken("docs/rollout.md", "../README.md"), undefined);
    assert.match(broken("README.md", "docs/no-such-page.md")!, /is not there/);
    assert.match(broken("README.md", "CONTRIBUTING.md#no-such-heading")!, /no such heading/);
    assert.match(broken("README.md", "../elsewhere.md")!, /out of the repository/);
  });

  it("reach every page of docs from docs/README.md", () => {
    const reached = new Set(["docs/README.md"]);
    for (const from of reached) {
      const page = pages.find(({ path }) => path === from);
      for (const { href } of tokensOf<Tokens.Link>(page?.tokens ?? [], "link")) {
        const target = posix.normalize(posix.join(posix.dirname(from), href.split("#")[0]!));
        if (target.startsWith("docs/") && target.endsWith(".md")) reached.add(target);
      }
    }
    const missing = pages.map(({ path }) => path).filter((path) => path.startsWith("docs/") && !reached.has(path));
    assert.deepEqual(missing, []);
  });

  it("have the anchors of GitHub", () => {
    const tokens = marked.lexer("# One `two`, three!\n\n## The profile's id\n\n## The profile's id\n");
    assert.deepEqual(
      [...anchorsOf({ path: "a.md", tokens })],
      ["one-two-three", "the-profiles-id", "the-profiles-id-1"],
    );
  });
});
