import { isMapping } from "./form.js";

/** What can be read of the file although its shape may be wrong: every check says what it can. */
export interface Facts {
  readonly tenants: readonly TenantFacts[];
  /** Absent where the file has no waves. */
  readonly waves?: readonly WaveFacts[];
  readonly defaults: Members;
  /** The lists have a form that nothing can be told of, so that what is missing is not told either. */
  readonly unreadable: boolean;
}

export type Members = Readonly<Record<string, unknown>>;

export interface TenantFacts {
  readonly index: number;
  /** In lower case. */
  readonly id?: string;
  readonly name?: string;
  readonly stack?: string;
  readonly wave?: string;
  readonly members: Members;
}

export interface WaveFacts {
  readonly index: number;
  readonly name?: string;
  readonly tenants?: readonly unknown[];
  readonly size?: number;
  readonly rest: boolean;
  /** Those of `tenants`, `size` and `rest` that it has, in whatever form. */
  readonly ways: readonly string[];
}

export function factsOf(plain: unknown): Facts {
  const file = members(plain);
  const { tenants, waves } = file;
  return {
    tenants: items(tenants).map((tenant, index) => {
      const all = members(tenant);
      return {
        index,
        ...(typeof all.id === "string" && { id: all.id.toLowerCase() }),
        ...textOf(all, "name"),
        ...textOf(all, "stack"),
        ...textOf(all, "wave"),
        members: all,
      };
    }),
    ...(waves !== undefined && { waves: items(waves).map(waveFacts) }),
    defaults: members(file.defaults),
    unreadable: !Array.isArray(tenants) || (waves !== undefined && !Array.isArray(waves)),
  };
}

function waveFacts(wave: unknown, index: number): WaveFacts {
  const all = members(wave);
  return {
    index,
    ...textOf(all, "name"),
    ...(Array.isArray(all.tenants) && { tenants: all.tenants as unknown[] }),
    ...(typeof all.size === "number" && { size: all.size }),
    rest: all.rest === true,
    ways: ["tenants", "size", "rest"].filter((way) => way in all),
  };
}

export function members(value: unknown): Members {
  return isMapping(value) ? value : {};
}

function items(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function textOf<K extends string>(from: Members, key: K): { readonly [P in K]?: string } {
  const value = from[key];
  return typeof value === "string" ? ({ [key]: value } as { readonly [P in K]?: string }) : {};
}
