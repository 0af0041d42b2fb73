/** What is wrong with a document and where; `problems` has one line for each, path first. */
export class SchemaError extends Error {
  override readonly name = "SchemaError";

  constructor(
    what: string,
    readonly problems: readonly string[],
  ) {
    super(`${what} is not valid:\n${problems.map((problem) => `  ${problem}`).join("\n")}`);
  }
}

/** Adds a line to the problems when the value at the path is not what it should be. */
export type Check = (value: unknown, path: string, problems: string[]) => void;

/**
 * Checks a document and gives it its type.
 *
 * @param what name of the document for the error
 * @throws SchemaError with every problem found
 */
export function checked<T>(value: unknown, check: Check, what: string): T {
  const problems: string[] = [];
  check(value, "", problems);
  if (problems.length > 0) {
    throw new SchemaError(what, problems);
  }
  return value as T;
}

/** An object with these members and no others, so that a misspelt one is found. */
export function object(required: Record<string, Check>, optional: Record<string, Check> = {}): Check {
  const known = [...Object.keys(required), ...Object.keys(optional)];
  return (value, path, problems) => {
    if (!isObject(value)) {
      problems.push(`${place(path)}: expected an object, got ${describe(value)}`);
      return;
    }
    for (const name of Object.keys(value)) {
      const check = required[name] ?? optional[name];
      if (!known.includes(name) || check === undefined) {
        problems.push(`${member(path, name)}: unknown member; known are ${known.join(", ")}`);
      } else if (value[name] !== undefined) {
        check(value[name], member(path, name), problems);
      }
    }
    for (const name of Object.keys(required).filter((required) => value[required] === undefined)) {
      problems.push(`${member(path, name)}: missing`);
    }
  };
}

/** An object with any members; those that are named are checked. */
export function openObject(required: Record<string, Check>, optional: Record<string, Check> = {}): Check {
  return (value, path, problems) => {
    if (!isObject(value)) {
      problems.push(`${place(path)}: expected an object, got ${describe(value)}`);
      return;
    }
    for (const [name, check] of Object.entries({ ...required, ...optional })) {
      if (value[name] !== undefined) {
        check(value[name], member(path, name), problems);
      } else if (Object.hasOwn(required, name)) {
        problems.push(`${member(path, name)}: missing`);
      }
    }
  };
}

/** An object whose members are all of one kind. */
export function record(check: Check): Check {
  return (value, path, problems) => {
    if (!isObject(value)) {
      problems.push(`${place(path)}: expected an object, got ${describe(value)}`);
      return;
    }
    Object.entries(value).forEach(([name, item]) => check(item, member(path, name), problems));
  };
}

/** An array of one kind of thing. */
export function array(check: Check, least = 0): Check {
  return (value, path, problems) => {
    if (!Array.isArray(value) || value.length < least) {
      problems.push(
        `${place(path)}: expected an array${least > 0 ? ` of at least ${least}` : ""}, got ${describe(value)}`,
      );
      return;
    }
    value.forEach((item, index) => check(item, `${path}[${index}]`, problems));
  };
}

/** A value for which the test holds. */
export function where(expected: string, test: (value: unknown) => boolean): Check {
  return (value, path, problems) => {
    if (!test(value)) {
      problems.push(`${place(path)}: expected ${expected}, got ${describe(value)}`);
    }
  };
}

/** One of these checks has to hold. */
export function either(expected: string, ...checks: Check[]): Check {
  return where(expected, (value) =>
    checks.some((check) => {
      const problems: string[] = [];
      check(value, "", problems);
      return problems.length === 0;
    }),
  );
}

/** One of these words. */
export function oneOf(...words: string[]): Check {
  return where(`one of ${words.join(", ")}`, (value) => typeof value === "string" && words.includes(value));
}

export const text: Check = where("a string that is not empty", (value) => typeof value === "string" && value !== "");
export const flag: Check = where("true or false", (value) => typeof value === "boolean");
export const whole: Check = where(
  "a whole number of at least 0",
  (value) => Number.isInteger(value) && Number(value) >= 0,
);
export const anything: Check = () => undefined;

/** The value or null. */
export function orNull(check: Check): Check {
  return (value, path, problems) => (value === null ? undefined : check(value, path, problems));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function member(path: string, name: string): string {
  const simple = /^[A-Za-z_$][\w$]*$/.test(name);
  return simple ? (path === "" ? name : `${path}.${name}`) : `${path}[${JSON.stringify(name)}]`;
}

function place(path: string): string {
  return path === "" ? "the document" : path;
}

function describe(value: unknown): string {
  if (Array.isArray(value)) {
    return `an array of ${value.length}`;
  }
  return typeof value === "object" && value !== null ? "an object" : String(JSON.stringify(value));
}
