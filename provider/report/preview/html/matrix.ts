import type { Answer, Matrix, MatrixChange } from "../model.js";
import { count, markup } from "./markup.js";
import type { Markup } from "./markup.js";
import { folded, named, row, table, tag } from "./parts.js";

type Cell = Matrix["rows"][number]["cells"][number];

/** A key in each row, who has it in each column: there are more keys than groups, and paper is higher than wide. */
export function matrix({ keys, rows, keysLeftOut }: Matrix): Markup | undefined {
  if (keys.length === 0 || rows.length === 0) return undefined;
  return markup`<p>As far as the passkey policy decides. Where a cell has one answer, it holds for registration and for sign-in.${
    keysLeftOut === 0 ? undefined : ` ${count(keysLeftOut, "model")} ${keysLeftOut === 1 ? "is" : "are"} left out.`
  }</p>
${table({
  caption: "Who may register and sign in with which key",
  label: "keys and groups",
  head: ["Key", ...rows.map(({ name }) => named(name))],
  rows: keys.map((key, index) => {
    const cells = rows.map(({ cells }) => cells[index]);
    return markup`<tr><th scope="row">${named(key)}</th>${cells.map(matrixCell)}</tr>`;
  }),
  kind: "matrix",
})}${folded("What decides each cell", reasons(keys, rows))}`;
}

const changed = ({ before, after }: MatrixChange) => before !== after;

const cellChanged = ({ register, signIn }: Cell) => changed(register) || changed(signIn);

function matrixCell(cell: Cell | undefined): Markup {
  if (cell === undefined) return markup`<td>${answer("unknown")}</td>`;
  const { register, signIn } = cell;
  const alike = register.before === signIn.before && register.after === signIn.after;
  const lines = alike
    ? change(register)
    : markup`<span class="line">Register: ${change(register)}</span> <span class="line">Sign in: ${change(signIn)}</span>`;
  return cellChanged(cell)
    ? markup`<td class="changed">${lines} ${tag("changed", "new")}</td>`
    : markup`<td>${lines}</td>`;
}

function change({ before, after }: MatrixChange): Markup {
  if (before === after) return answer(after);
  return markup`${answer(before)} <span aria-hidden="true">→</span><span class="vh">then</span> ${answer(after)}`;
}

const answer = (value: Answer) => markup`<span class="answer-${value}">${value}</span>`;

function reasons(keys: Matrix["keys"], rows: Matrix["rows"]): Markup {
  const entries = rows.flatMap(({ name, cells }) =>
    keys.flatMap((key, index) => {
      const cell = cells[index];
      if (cell === undefined) return [];
      const { register, signIn } = cell;
      const same = register.reason === signIn.reason;
      const why = same ? register.reason : `register: ${register.reason}; sign in: ${signIn.reason}`;
      const words = cellChanged(cell) ? tag("changed", "new") : tag("same", "same");
      return [row(named(name), [named(key), change(register), change(signIn), words, why])];
    }),
  );
  return table({
    caption: "What decides each cell afterwards",
    label: "reasons of the matrix",
    head: ["Who", "Key", "Register", "Sign in", "Change", "Why"],
    rows: entries,
  });
}
