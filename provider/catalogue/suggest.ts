/** At most this many suggestions, best first. */
const MOST = 5;
/** How alike the words have to be on average, from 0 to 1. */
const ALIKE = 0.6;
/** The same for whole names without blanks, where chance likeness is more common. */
const ALIKE_AS_A_WHOLE = 0.8;
/** So many characters of a word or of a whole name are compared. */
const COMPARED = 40;

/**
 * The names that someone who wrote `query` may have meant, best first. Each word of the query is held against the words
 * of the name, so that order and words in between do not matter and a typing error costs little.
 */
export function suggest(query: string, names: readonly string[]): string[] {
  const wanted = words(query);
  if (wanted.length === 0) return [];
  const memo = new Map<string, number>();
  const likeness = (a: string, b: string) => {
    const key = `${a} ${b}`;
    let value = memo.get(key);
    if (value === undefined) memo.set(key, (value = similarity(a, b)));
    return value;
  };
  // A missing blank or full stop joins words, so the whole counts too, without them.
  const whole = wanted.join("");
  const best = (offered: string[]) => {
    const joined = similarity(whole, offered.join(""));
    // A short name that is one typing error away comes before longer ones that have a word of it.
    if (joined >= ALIKE_AS_A_WHOLE && whole.length <= COMPARED && editDistance(whole, offered.join("")) <= 1) return 1;
    return Math.max(score(wanted, offered, likeness), joined >= ALIKE_AS_A_WHOLE ? joined : 0);
  };
  return names
    .map((name) => ({ name, score: best(words(name)) }))
    .filter(({ score }) => score >= ALIKE)
    .sort((a, b) => b.score - a.score || (a.name < b.name ? -1 : 1))
    .slice(0, MOST)
    .map(({ name }) => name);
}

function words(text: string): string[] {
  return text
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean)
    .slice(0, 20);
}

/** Mean likeness of each wanted word to its best match, less a little for each word of the name that nobody asked for. */
function score(wanted: string[], offered: string[], likeness: (a: string, b: string) => number): number {
  const used = new Set<number>();
  let sum = 0;
  for (const word of wanted) {
    let best = -1;
    let bestValue = 0;
    offered.forEach((candidate, i) => {
      const value = used.has(i) ? 0 : likeness(word, candidate);
      if (value > bestValue) [best, bestValue] = [i, value];
    });
    // A weak likeness is chance: two short words share letters easily.
    if (best >= 0 && bestValue >= 0.5) {
      used.add(best);
      sum += bestValue;
    }
  }
  return sum / wanted.length - (offered.length - used.size) * 0.02;
}

function similarity(a: string, b: string): number {
  const longest = Math.max(a.length, b.length);
  return longest === 0 ? 1 : 1 - editDistance(a.slice(0, COMPARED), b.slice(0, COMPARED)) / longest;
}

/** Insertions, deletions, substitutions and swaps of neighbours between two words. */
export function editDistance(a: string, b: string): number {
  let previous: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let cost = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + same);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) cost = Math.min(cost, (previous[j - 2] ?? 0) + 1);
      next.push(cost);
    }
    [previous, row] = [row, next];
  }
  return row[b.length] ?? 0;
}
