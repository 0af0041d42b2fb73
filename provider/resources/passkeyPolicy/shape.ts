import * as v from "valibot";
import { connectionFault } from "./connection.js";
import { UNKNOWN_VALUE } from "./unknown.js";
import type { Problem } from "../../policy/index.js";

const unknown = v.literal(UNKNOWN_VALUE);
const text = v.string("is not a text");
const flag = v.union([v.boolean(), unknown], "is not true or false");
const ABOVE_ZERO = "is not a number above zero";
const number = v.union([v.pipe(v.number(), v.gtValue(0, ABOVE_ZERO)), unknown], ABOVE_ZERO);
const texts = v.union([v.array(text), unknown], "is not a list of texts");

/** One of a few words; a value that is not known yet passes. */
const word = (...words: string[]) =>
  v.union([v.picklist(words), unknown], `is not ${words.map((item) => JSON.stringify(item)).join(" or ")}`);

const known = <T extends v.ObjectEntries>(entries: T) => v.strictObject(entries);

const selector = known({
  vendor: v.optional(text),
  transports: v.optional(texts),
  biometric: v.optional(flag),
  certified: v.optional(v.union([flag, text])),
  fips: v.optional(flag),
  kind: v.optional(text),
  entraEligible: v.optional(flag),
  max: v.optional(number),
});

const keyRestrictions = known({
  isEnforced: v.optional(flag),
  enforcementType: v.optional(word("allow", "block")),
  models: v.optional(texts),
  select: v.optional(selector),
  microsoftAuthenticator: v.optional(flag),
  windowsHello: v.optional(flag),
});

const profile = known({
  name: v.optional(text),
  id: v.optional(text),
  adopt: v.optional(flag),
  passkeyTypes: v.optional(texts),
  attestationEnforcement: v.optional(word("disabled", "registrationOnly")),
  keyRestrictions: v.optional(keyRestrictions),
  exclusive: v.optional(flag),
});

const includeTarget = known({ group: text, profiles: v.optional(texts) });

const PEOPLE = "is not a number of people";
const count = v.union([v.pipe(v.number(), v.integer(PEOPLE), v.minValue(0, PEOPLE)), unknown], PEOPLE);

const acknowledgement = known({
  plan: text,
  lockedOut: v.optional(count),
  stranded: v.optional(count),
  unknown: v.optional(count),
  exposure: v.optional(flag),
  until: text,
  reason: text,
});

/** The settings that every resource takes. */
const settings = {
  inventory: v.optional(text),
  inventoryMaxAge: v.optional(number),
  lockoutGuard: v.optional(word("enforce", "warn", "off")),
  acknowledge: v.optional(v.lazy((value) => (Array.isArray(value) ? v.array(acknowledgement) : acknowledgement))),
  breakGlass: v.optional(known({ users: v.optional(texts), group: v.optional(text) })),
  adminGroups: v.optional(texts),
  countLocalCredentials: v.optional(flag),
  nestedMembership: v.optional(word("unknown", "covered", "notCovered")),
  onDestroy: v.optional(word("restore", "retain")),
};

const toggle = v.optional(word("auto", "enforceFirst", "direct"));
const profileLimit = v.optional(number);

const policy = known({
  state: v.optional(word("enabled", "disabled")),
  isSelfServiceRegistrationAllowed: v.optional(flag),
  profiles: v.optional(v.record(v.string(), profile)),
  includeTargets: v.optional(v.array(includeTarget, "is not a list")),
  excludeTargets: v.optional(texts),
  removedIncludeTargets: v.optional(texts),
  removedExcludeTargets: v.optional(texts),
  toggle,
  profileLimit,
  ...settings,
});

const { id: _id, keyRestrictions: _restrictions, ...profileParts } = profile.entries;

/** What may stand in each kind of resource. */
const SHAPES = {
  PasskeyPolicy: policy,
  PasskeyProfile: known({ profile: v.optional(text), ...profileParts, profileLimit, ...settings }),
  PasskeyKeyRestrictions: known({ profile: text, ...keyRestrictions.entries, toggle, ...settings }),
  PasskeyGroupTarget: known({
    groups: texts,
    kind: v.optional(v.picklist(["include", "exclude"], 'is not "include" or "exclude"')),
    profiles: v.optional(texts),
    removed: v.optional(v.boolean("is not true or false")),
    ...settings,
  }),
  TemporaryAccessPassPolicy: known({
    state: v.optional(word("enabled", "disabled")),
    defaultLifetimeInMinutes: v.optional(number),
    defaultLength: v.optional(number),
    minimumLifetimeInMinutes: v.optional(number),
    maximumLifetimeInMinutes: v.optional(number),
    isUsableOnce: v.optional(flag),
    includeTargets: v.optional(texts),
    excludeTargets: v.optional(texts),
    removedIncludeTargets: v.optional(texts),
    removedExcludeTargets: v.optional(texts),
    onDestroy: settings.onDestroy,
  }),
  PasskeyAuthenticationStrength: known({
    displayName: text,
    description: v.optional(text),
    models: v.optional(texts),
    select: v.optional(selector),
    allowedCombinations: v.optional(texts),
    adopt: v.optional(flag),
    ...settings,
  }),
};

/** Wrong names and kinds of values in a program that the compiler did not check. */
export function checkShape(declared: unknown, type: keyof typeof SHAPES = "PasskeyPolicy"): Problem[] {
  const result = v.safeParse(SHAPES[type] as v.GenericSchema, declared);
  if (result.success) return [];
  return result.issues.map((issue) => {
    const place = (issue.path ?? []).reduce((path, { key }) => {
      if (typeof key === "number") return `${path}[${key}]`;
      return path === "" ? String(key) : `${path}.${String(key)}`;
    }, "");
    const property = issue.path?.length === 1 ? place : "";
    return { code: "malformedValue", place: place === "" ? "inputs" : place, ...faultOf(issue, type, property) };
  });
}

type Issue = Pick<v.BaseIssue<unknown>, "type" | "input" | "message" | "expected">;

function faultOf(issue: Issue, type: string, property: string): Pick<Problem, "reason" | "wayOut"> {
  if (issue.type === "strict_object" && issue.expected === "never") {
    const fault = connectionFault(property);
    if (fault !== undefined) return fault;
    const wayOut = `Check its name in the documentation of ${type}`;
    return { reason: "there is no such property", wayOut };
  }
  if (issue.type === "strict_object" && issue.input === undefined) {
    return { reason: "it is missing", wayOut: "Give it a value" };
  }
  return { reason: `${show(issue.input)} ${reasonOf(issue)}`, wayOut: "Correct the value" };
}

function reasonOf(issue: { readonly message: string; readonly expected: string | null }): string {
  return issue.message.startsWith("is not") ? issue.message : `is not what is expected here (${issue.expected ?? "?"})`;
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 60)}...` : text;
}
