/** A test that did not run. */
export interface Skipped {
  /** The suite or the test that was skipped, with its reason taken off. */
  title: string;
  reason: string;
}

/** What a group of tests came to. */
export interface GroupResult {
  passed: number;
  /** Full titles. */
  failed: string[];
  /** One entry for each test; those of one skipped suite have the same title. */
  skipped: Skipped[];
}

/** The reason why something is skipped: what stands in brackets at the end of its title. */
const bracketed = /\s*\[([^\]]+)\]\s*$/;

/** Finds the reason of a skipped test in its own title or, from the inside out, in those of its suites. */
export function skipped(titles: string[], hasBody: boolean): Skipped {
  for (let depth = titles.length; depth > 0; depth--) {
    const reason = bracketed.exec(titles[depth - 1]!)?.[1];
    if (reason !== undefined) return { title: titles.slice(0, depth).join(" ").replace(bracketed, ""), reason };
  }
  const reason = hasBody ? "no reason given: put it in brackets at the end of the title" : "not written yet";
  return { title: titles.join(" "), reason };
}

/** Adds groups up. */
export function total(results: GroupResult[]): GroupResult {
  return {
    passed: results.reduce((sum, result) => sum + result.passed, 0),
    failed: results.flatMap((result) => result.failed),
    skipped: results.flatMap((result) => result.skipped),
  };
}

/**
 * What is printed after all groups: what failed, what was skipped and why, what else is to be known of the run, and
 * the plain last line.
 */
export function closingLines({ passed, failed, skipped }: GroupResult, about: string[] = []): string[] {
  const lines: string[] = [];
  if (skipped.length > 0) {
    const counts = new Map<string, number>();
    for (const { title, reason } of skipped) {
      const key = `${title}: ${reason}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    lines.push("Skipped:", ...[...counts].map(([key, n]) => `  - ${key}${n > 1 ? ` (${n} tests)` : ""}`), "");
  }
  if (failed.length > 0) lines.push("Failed:", ...failed.map((title) => `  - ${title}`), "");
  if (about.length > 0) lines.push(...about, "");
  const tail = skipped.length > 0 ? `, ${skipped.length} skipped` : "";
  lines.push(`${passed} passed, ${failed.length} failed${tail}`);
  return lines;
}
