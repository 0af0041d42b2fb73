/** A question with a few answers. */
export interface Choice<V extends string> {
  /** The answers; the first one is the default. */
  readonly values: readonly [V, ...V[]];
  /** The question, in one line. */
  readonly question: string;
  /** What is known and from where, and what is not. */
  readonly known: string;
}

/** A question with a number for an answer. */
export interface Amount {
  readonly values: "number";
  /** Smallest value that makes sense. */
  readonly least: number;
  readonly default: number;
  readonly question: string;
  readonly known: string;
}

/** Makes a question with a few answers; the first one is the default. */
export function choice<const V extends string>(
  values: readonly [V, ...V[]],
  question: string,
  known: string,
): Choice<V> {
  return { values, question, known };
}

/** Makes a question with a number for an answer. */
export function amount(value: number, least: number, question: string, known: string): Amount {
  return { values: "number", least, default: value, question, known };
}
