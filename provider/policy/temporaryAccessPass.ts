import type { MemberValue, MemberValues } from "./documents.js";
import { ALL_USERS } from "./model.js";
import type { Problem } from "./problem.js";

/** A target of an authentication method, with whatever else Graph says of it. */
export interface PassTarget {
  readonly id: string;
  readonly targetType: string;
  readonly [unread: string]: unknown;
}

/**
 * The configuration of the Temporary Access Pass method, as Graph answers it. Lifetimes in minutes.
 *
 * @see https://learn.microsoft.com/graph/api/resources/temporaryaccesspassauthenticationmethodconfiguration
 */
export interface TemporaryAccessPass {
  readonly state: string;
  readonly defaultLifetimeInMinutes: number;
  readonly defaultLength: number;
  readonly minimumLifetimeInMinutes: number;
  readonly maximumLifetimeInMinutes: number;
  readonly isUsableOnce: boolean;
  readonly includeTargets: readonly PassTarget[];
  readonly excludeTargets: readonly PassTarget[];
}

/** Members that are no lists. */
export const PASS_SETTINGS = [
  "state",
  "defaultLifetimeInMinutes",
  "defaultLength",
  "minimumLifetimeInMinutes",
  "maximumLifetimeInMinutes",
  "isUsableOnce",
] as const;

/** The member that says whether a group is a target: `include/<id>` or `exclude/<id>`, ids in lower case. */
export const passTarget = (kind: "include" | "exclude", id: string): string => `${kind}/${id.toLowerCase()}`;

const LISTS = { include: "includeTargets", exclude: "excludeTargets" } as const;

/** The configuration as members. */
export function passMembers(pass: TemporaryAccessPass): MemberValues {
  const members = new Map<string, MemberValue>(PASS_SETTINGS.map((name) => [name, pass[name]]));
  for (const kind of ["include", "exclude"] as const) {
    for (const { id } of pass[LISTS[kind]]) members.set(passTarget(kind, id), true);
  }
  return members;
}

/** The configuration with changed members; what they do not name stays as it is, order included. */
export function withPassMembers(pass: TemporaryAccessPass, changes: MemberValues): TemporaryAccessPass {
  const next: Record<string, unknown> = { ...pass };
  for (const [name, value] of changes) {
    const [, kind, id] = /^(include|exclude)\/(.+)$/.exec(name) ?? [];
    if (kind === undefined) {
      next[name] = value;
      continue;
    }
    const list = LISTS[kind as keyof typeof LISTS];
    const rest = (next[list] as PassTarget[]).filter((target) => target.id.toLowerCase() !== id);
    const target = { targetType: "group", id: id!, ...(kind === "include" && { isRegistrationRequired: false }) };
    next[list] = value === true ? [...rest, target] : rest;
  }
  return next as unknown as TemporaryAccessPass;
}

/** The members of a PATCH that makes these changes: lists are written whole. */
export function passBody(pass: TemporaryAccessPass, changes: MemberValues): Partial<TemporaryAccessPass> {
  const next = withPassMembers(pass, changes);
  const kinds = [...changes.keys()].map((name) => LISTS[name.split("/")[0] as keyof typeof LISTS] ?? name);
  return Object.fromEntries([...new Set(kinds)].map((name) => [name, next[name as keyof TemporaryAccessPass]]));
}

interface Range {
  readonly least: number;
  readonly most: number;
  readonly unit: string;
}

const MINUTES: Range = { least: 10, most: 43_200, unit: "minutes" };

/** Ranges as Graph documents them. */
const RANGES: Readonly<Record<string, Range>> = {
  defaultLifetimeInMinutes: MINUTES,
  minimumLifetimeInMinutes: MINUTES,
  maximumLifetimeInMinutes: MINUTES,
  defaultLength: { least: 8, most: 48, unit: "characters" },
};

/** Longer than the longest pass that a tenant has by default, in minutes. */
const LONG = 480;

/** What a configuration must not be: only what the change concerns is looked at. */
export function passRefusals(after: TemporaryAccessPass, changes: MemberValues): Problem[] {
  const problems: Problem[] = [];
  for (const [name, { least, most, unit }] of Object.entries(RANGES)) {
    const value = changes.get(name);
    if (typeof value !== "number" || (Number.isInteger(value) && value >= least && value <= most)) continue;
    const reason = `${value} is not a whole number of ${unit} from ${least} to ${most}`;
    problems.push({ code: "malformedValue", place: name, reason, wayOut: "Choose one within that range" });
  }
  const lifetimes = ["minimumLifetimeInMinutes", "defaultLifetimeInMinutes", "maximumLifetimeInMinutes"] as const;
  const place = lifetimes.find((name) => changes.has(name));
  const [minimum, usual, maximum] = lifetimes.map((name) => after[name]) as [number, number, number];
  if (problems.length === 0 && place !== undefined && !(minimum <= usual && usual <= maximum)) {
    const reason = `the default lifetime of ${usual} minutes would not lie between ${minimum} and ${maximum}`;
    const wayOut = "Declare minimumLifetimeInMinutes, defaultLifetimeInMinutes and maximumLifetimeInMinutes together";
    problems.push({ code: "malformedValue", place, reason, wayOut });
  }
  return problems;
}

/** What a declaration lets happen that somebody should know of. */
export function passWarnings(after: TemporaryAccessPass, declared: MemberValues): Problem[] {
  const warn = (place: string, reason: string, wayOut: string): Problem => ({
    code: "exposure",
    place,
    reason,
    wayOut,
  });
  const includes = [...declared].filter(([name, value]) => name.startsWith("include/") && value === true);
  if (after.state !== "enabled" || includes.length === 0) return [];
  const problems: Problem[] = [];
  if (!after.isUsableOnce) {
    const reason = "a pass can be used again and again until it expires, by whoever has seen it";
    problems.push(warn("isUsableOnce", reason, "Set isUsableOnce: true"));
  }
  if (includes.some(([name]) => name === passTarget("include", ALL_USERS))) {
    const reason = "a pass can be issued for everyone, administrators included";
    problems.push(warn("includeTargets", reason, "Name the groups that need a first sign-in"));
  }
  if (after.maximumLifetimeInMinutes > LONG) {
    const reason = `a pass may be valid for ${after.maximumLifetimeInMinutes} minutes, more than the usual ${LONG}`;
    problems.push(warn("maximumLifetimeInMinutes", reason, "Set a shorter one"));
  }
  return problems;
}
