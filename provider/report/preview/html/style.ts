/** The whole look of the page. No text of a report is ever part of it. */
export const STYLE = `:root {
  color-scheme: light dark;
  --page: #f6f7f8; --card: #ffffff; --sunk: #eef0f2; --line: #d3d8de; --text: #1a1f26; --muted: #55606d;
  --accent: #0a4fa3; --blue: #e7f0fb; --green: #17633a; --green-back: #e4f3ea; --red: #9c1c1c; --red-back: #fcebea;
  --amber: #7a4a00; --amber-back: #fdf1dc; --level: var(--accent); --level-back: var(--blue);
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #12161b; --card: #1a1f26; --sunk: #232a33; --line: #3a434f; --text: #e6e9ed; --muted: #a7b1bd;
    --accent: #8cbcf7; --blue: #1b2c42; --green: #86d6a5; --green-back: #17301f; --red: #f5a3a0; --red-back: #3b1d1e;
    --amber: #f0c071; --amber-back: #37290f;
  }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body {
  margin: 0; padding: 0 1rem 4rem; background: var(--page); color: var(--text); line-height: 1.5;
  font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; overflow-wrap: anywhere;
}
a { color: var(--accent); text-underline-offset: .15em; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
h1, h2, h3, h4 { line-height: 1.25; text-wrap: balance; }
h1 { font-size: 1.6rem; margin: 0 0 1rem; }
h2 { font-size: 1.3rem; margin: 0 0 .75rem; }
h3 { font-size: 1.1rem; margin: 0 0 .75rem; }
h4 { font-size: 1rem; margin: 0 0 .25rem; }
p, ul, ol, dl { margin: 0 0 .75rem; }
ul, ol { padding-left: 1.4rem; }
li + li { margin-top: .35rem; }
code, pre { font-family: ui-monospace, "Cascadia Mono", Menlo, Consolas, monospace; font-size: .9em; }
.vh { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.skip { position: absolute; left: 1rem; top: -10rem; z-index: 2; padding: .5rem 1rem; background: var(--card); }
.skip:focus { top: .5rem; }
.muted, .id { color: var(--muted); }
.id { font-size: .875rem; }
body > header, .layout { max-width: 84rem; margin: 0 auto; }
body > header { padding: 2rem 0 1.5rem; }
main:focus { outline: none; }
.verdict { border: 1px solid var(--line); border-left: .5rem solid var(--level); border-radius: .5rem; padding: 1rem 1.25rem;
  background: var(--card); }
.verdict p { margin: .4rem 0 0; font-size: 1.15rem; }
.verdict .id { font-size: .875rem; }
.level-nothing { --level: var(--green); --level-back: var(--green-back); }
.level-lockout, .level-error { --level: var(--red); --level-back: var(--red-back); }
.level-exposure { --level: var(--amber); --level-back: var(--amber-back); }
.level { display: inline-block; padding: .15rem .7rem; border-radius: 1rem; font-weight: 700; color: var(--level);
  background: var(--level-back); border: 1px solid currentColor; }
nav { margin: 0 0 1.5rem; font-size: .925rem; }
nav h2 { font-size: .925rem; margin: 0 0 .4rem; color: var(--muted); }
nav ul { list-style: none; padding: 0; margin: 0; columns: 10rem auto; }
nav li + li { margin: 0; }
nav li { padding: .2rem 0; break-inside: avoid; }
nav .tenant { margin: .25rem 0; font-weight: 600; }
section.tenant > .verdict { margin-bottom: 1rem; }
section.part { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: 1.25rem;
  margin: 0 0 1rem; }
section.part > :last-child, article > :last-child { margin-bottom: 0; }
section.tenant { margin-bottom: 3rem; }
section.part + section.tenant { margin-top: 2rem; }
article { padding: 0 0 1rem; }
article + article { border-top: 1px solid var(--line); padding-top: 1rem; }
.facts { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1.25rem; }
.facts dt { color: var(--muted); }
.facts dd { margin: 0; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: .75rem; }
.figure { border: 1px solid var(--line); border-top: .25rem solid var(--line); border-radius: .375rem; padding: .6rem .8rem; }
.figure dt { font-weight: 600; }
.figure dd { margin: 0; font-size: .875rem; }
.figure strong { display: block; font-size: 1.6rem; line-height: 1.2; font-variant-numeric: tabular-nums; }
.figure.lockedOut, .figure.stranded { border-top-color: var(--red); }
.figure.unknown, .figure.reduced { border-top-color: var(--amber); }
.figure.keeps { border-top-color: var(--green); }
.scroll { position: relative; overflow-x: auto; margin: 0 0 1rem; }
table { border-collapse: collapse; width: 100%; font-size: .9375rem; overflow-wrap: break-word; }
caption { text-align: left; color: var(--muted); font-size: .875rem; padding: 0 0 .4rem; }
th, td { text-align: left; vertical-align: top; padding: .45rem .75rem; border-bottom: 1px solid var(--line); min-width: 5rem;
  max-width: 32rem; }
thead th { background: var(--sunk); font-weight: 600; white-space: nowrap; }
tbody th { font-weight: 600; max-width: 18rem; }
tr.changed, td.changed { background: var(--blue); }
table.numbers td { font-variant-numeric: tabular-nums; }
table.matrix { width: auto; min-width: 100%; }
table.matrix thead th { white-space: normal; min-width: 8rem; }
table.matrix tbody th { position: sticky; left: 0; background: var(--card); }
table.compare td { width: 38%; }
.line { display: block; }
td .line { white-space: nowrap; }
ul.lines { list-style: none; padding: 0; margin: 0; }
ul.lines li { margin: 0; padding: .1rem 0; }
ins { text-decoration: none; }
del { text-decoration: line-through; text-decoration-thickness: 1px; }
.tag { display: inline-block; padding: 0 .45rem; border: 1px solid currentColor; border-radius: .25rem; font-size: .8125rem;
  font-weight: 600; line-height: 1.45; color: var(--accent); background: var(--card); }
td .tag.new, td .tag.same, td .tag.lockedOut, td .tag.stranded, td .tag.unknown, td .tag.reduced { white-space: nowrap; }
h4 .tag { vertical-align: .1em; }
.tag.same, .tag.check-skipped { color: var(--muted); font-weight: 400; }
.tag.added, .tag.check-pass, .tag.keeps { color: var(--green); }
.tag.removed, .tag.error, .tag.lockedOut, .tag.stranded, .tag.check-fail { color: var(--red); }
.tag.exposure, .tag.unknown, .tag.reduced, .tag.check-unknown { color: var(--amber); }
.answer-yes { font-weight: 600; }
.answer-no { color: var(--muted); }
.answer-unknown { font-style: italic; }
.steps { margin-bottom: 1rem; padding-left: 0; list-style: none; counter-reset: step; }
.steps > li { counter-increment: step; position: relative; margin: 0; min-height: 1.75rem; padding: 0 0 .75rem 2.75rem; }
.steps > li::before { content: counter(step); position: absolute; left: 0; top: 0; width: 1.75rem; height: 1.75rem;
  border: 2px solid var(--accent); border-radius: 50%; text-align: center; line-height: 1.5rem; font-weight: 600; color: var(--accent); }
.steps > li:not(:last-child)::after { content: ""; position: absolute; left: .8rem; top: 1.9rem; bottom: .1rem; border-left: 2px solid var(--line); }
.steps > li:last-child { padding-bottom: 0; }
.steps p { margin: 0 0 .25rem; padding-top: .1rem; }
.risk { color: var(--amber); }
.refusals { border-left: .25rem solid var(--red); background: var(--red-back); padding: .75rem 1rem; margin: 0 0 .75rem; }
.refusals > :last-child { margin-bottom: 0; }
pre { background: var(--sunk); border: 1px solid var(--line); border-radius: .375rem; padding: .75rem 1rem; overflow-x: auto; margin: 0 0 .75rem; }
details { margin: 0 0 .75rem; }
td details { margin: .25rem 0 0; }
summary { cursor: pointer; color: var(--accent); padding: .15rem 0; }
details > summary + * { margin-top: .5rem; }
meter { width: 7rem; height: 1rem; vertical-align: -.1em; }
.filter { border: 1px solid var(--line); border-radius: .375rem; padding: .5rem 1rem .75rem; margin: 0 0 1rem;
  display: flex; flex-wrap: wrap; gap: .75rem 1.25rem; align-items: end; }
.filter[hidden] { display: none; }
.filter legend { font-weight: 600; padding: 0 .35rem; }
.filter label { display: grid; gap: .15rem; font-size: .875rem; max-width: 100%; }
.filter select, .filter input { font: inherit; font-size: 1rem; padding: .35rem .5rem; min-height: 2.5rem; max-width: 100%;
  color: var(--text); background: var(--card); border: 1px solid var(--muted); border-radius: .25rem; }
.filter output { color: var(--muted); padding-bottom: .5rem; font-variant-numeric: tabular-nums; }
body > footer { max-width: 84rem; margin: 2rem auto 0; color: var(--muted); font-size: .875rem; }
@media (min-width: 70rem) {
  body { padding-inline: 2rem; }
  .layout { display: grid; grid-template-columns: 15rem minmax(0, 1fr); gap: 2rem; align-items: start; }
  nav { position: sticky; top: 1rem; max-height: calc(100vh - 2rem); overflow-y: auto; }
  nav ul { columns: auto; }
}
@media (max-width: 40rem) {
  .facts { grid-template-columns: 1fr; gap: 0; }
  .facts dd { margin-bottom: .4rem; }
  body > header { padding: 1.25rem 0 1rem; }
  h1 { font-size: 1.35rem; }
  .verdict { padding: .75rem 1rem; }
  .verdict p { font-size: 1.05rem; }
  section.part { padding: 1rem .75rem; }
  th, td { padding: .4rem .5rem; min-width: 4rem; max-width: 13rem; }
  td:last-child { min-width: 8rem; }
  table.matrix td:last-child { min-width: 6rem; }
  .figures { grid-template-columns: 1fr 1fr; }
  table.matrix tbody th { min-width: 7.5rem; max-width: 9rem; }
}
@page { margin: 15mm; }
@media print {
  :root { color-scheme: light; --page: #fff; --card: #fff; --sunk: #f1f1f1; --line: #999; --text: #000; --muted: #333;
    --accent: #003a80; --blue: #eef3fa; --green: #0d4a29; --green-back: #fff; --red: #7d0f0f; --red-back: #fff;
    --amber: #5c3700; --amber-back: #fff; }
  body { padding: 0; font-size: 10pt; }
  nav, .skip, .filter { display: none; }
  .layout { display: block; }
  .scroll, pre { overflow: visible; }
  pre { white-space: pre-wrap; }
  table.matrix tbody th { position: static; }
  section.part { border: 0; padding: 0; }
  section.tenant + section.tenant { break-before: page; }
  li, .verdict, .figure { break-inside: avoid; }
  h2, h3, h4, h3 + p, .id, caption, thead { break-after: avoid; }
  details::details-content { content-visibility: visible; display: block; height: auto; }
}
`;
