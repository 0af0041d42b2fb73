import type { Bar } from "./report.ts";

const [ROW, LABEL, WIDTH, VALUE] = [24, 320, 420, 80];

/** Wall times as bars, as an SVG that reads in light and dark. */
export function plot(bars: readonly Bar[]): string {
  const longest = Math.max(...bars.map(({ ms }) => ms), 1);
  const height = bars.length * ROW + 8;
  const rows = bars.map(({ label, ms }, index) => {
    const middle = index * ROW + ROW / 2 + 4;
    const length = Math.max(1, (ms / longest) * WIDTH);
    return [
      `<text x="${LABEL - 8}" y="${middle}" text-anchor="end" dominant-baseline="middle">${escaped(label)}</text>`,
      `<rect x="${LABEL}" y="${middle - 8}" width="${length.toFixed(1)}" height="16" rx="2"/>`,
      `<text x="${(LABEL + length + 6).toFixed(1)}" y="${middle}" dominant-baseline="middle">${(ms / 1000).toFixed(2)} s</text>`,
    ].join("");
  });
  const total = LABEL + WIDTH + VALUE;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${total} ${height}" width="${total}" height="${height}" role="img">`,
    "<title>Wall times in seconds</title>",
    "<style>text{font:13px sans-serif;fill:#222}rect{fill:#2563a8}" +
      "@media (prefers-color-scheme:dark){text{fill:#ddd}rect{fill:#6ea8e0}}</style>",
    ...rows,
    "</svg>",
    "",
  ].join("\n");
}

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
