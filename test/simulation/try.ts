import { simulate, ALL_POWERS } from "./simulate.ts";
const [from, n] = process.argv.slice(2).map(Number);
const t = performance.now();
const counts: Record<string, number> = {};
let bad = 0;
const kinds = new Map<string, number[]>();
for (let s = from!; s < from! + n!; s++) {
  const r = await simulate(s);
  for (const [k, v] of Object.entries(r.counts)) counts[k] = (counts[k] ?? 0) + v;
  if (r.found.length) {
    bad++;
    const k = r.found[0]!.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "ID")
      .replace(/(alpha|beta|gamma)( \d+)?/g, "S")
      .slice(0, 140);
    kinds.set(k, [...(kinds.get(k) ?? []), s]);
    if (n === 1) console.log(r.lines.join("\n"), "\n", r.found.join("\n"));
  }
}
console.log(counts, bad, "bad;", ((performance.now() - t) / n!).toFixed(2), "ms each");
for (const [k, v] of [...kinds].sort((a, b) => b[1].length - a[1].length))
  console.log(v.length, k, v.slice(0, 5).join());
