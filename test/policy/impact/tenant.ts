/** A small tenant for the tables: people of whom everything is known, unless a test says otherwise. */
import assert from "node:assert/strict";
import { assessImpact } from "../../../provider/dist/policy/index.js";
import type {
  Fido2Policy,
  Impact,
  ImpactOptions,
  Inventory,
  MethodPolicy,
  Outcome,
  Passkey,
  Person,
  Reason,
} from "../../../provider/dist/policy/index.js";
import { allow, DEFAULT_ID, frozen, include, KEY_A, LOOSE_ID, profile, profilePolicy, STUDENTS } from "../util.ts";

export const key = (
  aaguid?: string,
  passkeyType: string | undefined = "deviceBound",
  parts: Passkey = {},
): Passkey => ({
  ...(aaguid !== undefined && { aaguid }),
  ...(passkeyType !== undefined && { passkeyType }),
  ...parts,
});

let people = 0;

/** A member with one security key, nothing else to sign in with, and no administrator's role. */
export function person(parts: Partial<Person> = {}): Person {
  people += 1;
  return {
    user: `a0000000-0000-4000-8000-${String(people).padStart(12, "0")}`,
    userType: "member",
    enabled: true,
    isAdmin: false,
    groups: [STUDENTS],
    otherMethods: [],
    passkeys: [key(KEY_A)],
    ...parts,
  };
}

/** Without these members, as a reader leaves out what it could not read. */
export function without<T extends object>(value: T, ...members: (keyof T)[]): T {
  const copy = { ...value };
  for (const member of members) delete copy[member];
  return copy;
}

export const method = (id: string, parts: Partial<MethodPolicy> = {}): MethodPolicy => ({
  id,
  state: "enabled",
  includeTargets: [{ id: "all_users", targetType: "group" }],
  excludeTargets: [],
  ...parts,
});

/** Everything but certificates is on for everyone. */
export const METHODS = ["MicrosoftAuthenticator", "Sms", "Voice", "SoftwareOath", "HardwareOath"]
  .map((id) => method(id))
  .concat(method("X509Certificate", { state: "disabled" }));

/** Passkeys for everyone by the default profile, and whatever a test changes. */
export const open = (parts: Partial<Fido2Policy> = {}): Fido2Policy => profilePolicy([profile(DEFAULT_ID)], parts);
/** Everyone's profile takes these models only. */
export const only = (...models: string[]): Fido2Policy =>
  profilePolicy([profile(DEFAULT_ID, { keyRestrictions: allow(...models) })]);
/** A group with a profile of its own. */
export const forGroup = (group: string, parts: Parameters<typeof profile>[1]): Fido2Policy =>
  profilePolicy([profile(LOOSE_ID, parts)], { includeTargets: [include(group, LOOSE_ID)] });

export type Options = ImpactOptions & Partial<Omit<Inventory, "people">>;

export function assess(before: Fido2Policy, after: Fido2Policy, who: readonly Person[], options: Options = {}): Impact {
  const { scope = "everyone", groupsRead, ...rest } = options;
  const inventory: Inventory = { people: who, scope, ...(groupsRead !== undefined && { groupsRead }) };
  return assessImpact(frozen(before), frozen(after), inventory, { tenant: { methods: METHODS }, ...rest });
}

export interface Single {
  readonly outcome: Outcome;
  readonly reasons: readonly Reason[];
}

/** What a change does to one enabled member. */
export function single(before: Fido2Policy, after: Fido2Policy, who: Person, options: Options = {}): Single {
  const { counts, affected } = assess(before, after, [who], options).loss!;
  const [outcome] = Object.entries(counts).find(([, count]) => count === 1) ?? assert.fail("the person is not counted");
  return { outcome: outcome as Outcome, reasons: affected[0]?.reasons ?? [] };
}

export interface Row {
  readonly it: string;
  readonly before: Fido2Policy;
  readonly after: Fido2Policy;
  readonly who?: Partial<Person>;
  readonly options?: Options;
  readonly outcome: Outcome;
  /** Left out where nothing is lost. */
  readonly reasons?: readonly Reason[];
}

/** One test for each row. */
export function table(rows: readonly Row[]): void {
  for (const { it: name, before, after, who, options, outcome, reasons } of rows) {
    it(`${name}: ${outcome}`, () => {
      const found = single(before, after, person(who), options);
      assert.equal(found.outcome, outcome, JSON.stringify(found.reasons));
      if (reasons !== undefined) assert.deepEqual(found.reasons, reasons);
      else if (outcome === "keeps") assert.deepEqual(found.reasons, []);
    });
  }
}
