const END = "<!-- /generated -->";

/**
 * A page with its generated part replaced; it is added at the end where the page has no marker yet.
 *
 * @param part what is generated, as the opening marker names it: `<!-- generated: arguments -->`
 */
export function withGenerated(page: string, part: string, generated: string): string {
  const opening = `<!-- generated: ${part} -->`;
  const block = `${opening}\n\n${generated.trim()}\n\n${END}`;
  const start = page.indexOf(opening);
  if (start === -1) return `${page.trimEnd()}\n\n${block}\n`;
  const end = page.indexOf(END, start);
  if (end === -1) throw new Error(`${opening} has no ${END} behind it. Add it where the generated part ends.`);
  return page.slice(0, start) + block + page.slice(end + END.length);
}
