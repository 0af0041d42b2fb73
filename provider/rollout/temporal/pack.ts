import type { RolloutRecord } from "../records.js";

/** Records for a payload: what is said often is written once. Has nothing in it but what is in the records. */
export interface Packed {
  readonly texts: readonly string[];
  /** Members of a record besides `at` and `kind`, of each form that there is; the kind first. */
  readonly forms: readonly (readonly string[])[];
  /** Form, milliseconds since the record before, and the members: texts by number. */
  readonly rows: readonly (readonly Cell[])[];
}

type Cell = number | boolean | readonly (readonly number[])[];

/** Packs records, without loss. */
export function pack(records: readonly RolloutRecord[]): Packed {
  const texts = new Table();
  const forms = new Table();
  let before = 0;
  const rows = records.map((record) => {
    const { at, kind, ...rest } = record;
    const time = Date.parse(at);
    const row: Cell[] = [forms.add(JSON.stringify([kind, ...Object.keys(rest)])), time - before];
    before = time;
    for (const value of Object.values(rest)) row.push(cell(value, texts));
    return row;
  });
  return { texts: texts.all, forms: forms.all.map((form) => JSON.parse(form) as string[]), rows };
}

/** The records that were packed. */
export function unpack({ texts, forms, rows }: Packed): RolloutRecord[] {
  let time = 0;
  const text = (index: number) => texts[index]!;
  return rows.map(([form, since, ...cells]) => {
    time += since as number;
    const [kind, ...names] = forms[form as number]!;
    const members = names.map((name, index): [string, unknown] => {
      const value = cells[index]!;
      if (Array.isArray(value)) {
        const waves = value as readonly (readonly number[])[];
        return [name, waves.map(([own, ...ids]) => ({ name: text(own!), tenants: ids.map(text) }))];
      }
      return [name, typeof value === "number" && name !== NUMBER ? text(value) : value];
    });
    return { at: new Date(time).toISOString(), kind, ...Object.fromEntries(members) } as unknown as RolloutRecord;
  });
}

/** The only member that is a number itself. */
const NUMBER = "attempt";

function cell(value: unknown, texts: Table): Cell {
  if (typeof value === "string") return texts.add(value);
  if (typeof value === "number" || typeof value === "boolean") return value;
  const waves = value as readonly { readonly name: string; readonly tenants: readonly string[] }[];
  return waves.map(({ name, tenants }) => [texts.add(name), ...tenants.map((id) => texts.add(id))]);
}

class Table {
  readonly all: string[] = [];
  readonly #index = new Map<string, number>();

  add(text: string): number {
    let index = this.#index.get(text);
    if (index === undefined) this.#index.set(text, (index = this.all.push(text) - 1));
    return index;
  }
}

/** What fits into a payload beside the plan's ids; Temporal takes 2 MiB for all of it. */
const MOST_BYTES = 1_200_000;

/** Packed records that fit into a payload: where they do not, long reasons are shortened, as far as it needs. */
export function packToFit(records: readonly RolloutRecord[], most = MOST_BYTES): Packed {
  for (let longest = 2_000; ; longest = Math.floor(longest / 2)) {
    const packed = pack(records.map((record) => shortened(record, longest)));
    // In UTF-16 units: close enough, as ids and most texts are ASCII.
    if (JSON.stringify(packed).length <= most || longest < 40) return packed;
  }
}

function shortened(record: RolloutRecord, longest: number): RolloutRecord {
  const short = (text: string) => (text.length > longest ? `${text.slice(0, longest - 1)}…` : text);
  return {
    ...record,
    ...("reason" in record && { reason: short(record.reason) }),
    ...("sentence" in record && { sentence: short(record.sentence) }),
  };
}
