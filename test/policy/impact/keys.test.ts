import {
  ADMINS,
  allow,
  AUTHENTICATOR,
  block,
  DEFAULT_ID,
  include,
  KEY_A,
  KEY_B,
  LOOSE_ID,
  NURSES,
  profile,
  profilePolicy,
  STRICT_ID,
  STUDENTS,
  unenforced,
  WINDOWS_HELLO,
} from "../util.ts";
import { forGroup, key, only, open, table } from "./tenant.ts";

const both = [profile(STRICT_ID, { keyRestrictions: allow(KEY_B) }), profile(LOOSE_ID)];
const targets = (...includeTargets: ReturnType<typeof include>[]) => profilePolicy(both, { includeTargets });
const exclude = (...ids: string[]) => ({ excludeTargets: ids.map((id) => ({ id, targetType: "group" as const })) });
const lost = (aaguid: string, ...profiles: string[]) => [{ rule: "model" as const, aaguid, profiles }];

describe("assessImpact: whose keys work", () => {
  describe("targets", () => {
    const everyone = targets(include("all_users", LOOSE_ID));
    table([
      {
        it: "the only target goes",
        before: targets(include(STUDENTS, LOOSE_ID)),
        after: targets(include(NURSES, LOOSE_ID)),
        outcome: "lockedOut",
        reasons: [{ rule: "notCovered", groups: [STUDENTS] }],
      },
      {
        it: "everyone instead of the group",
        before: targets(include(STUDENTS, LOOSE_ID)),
        after: everyone,
        outcome: "keeps",
      },
      {
        it: "the group instead of everyone, for a member",
        before: everyone,
        after: targets(include(STUDENTS, LOOSE_ID)),
        outcome: "keeps",
      },
      {
        it: "the group instead of everyone, for somebody else",
        before: everyone,
        after: targets(include(STUDENTS, LOOSE_ID)),
        who: { groups: [NURSES] },
        outcome: "lockedOut",
        reasons: [{ rule: "notCovered", groups: ["all_users"] }],
      },
      {
        it: "one of two targets goes",
        before: targets(include(STUDENTS, LOOSE_ID), include(NURSES, LOOSE_ID)),
        after: targets(include(NURSES, LOOSE_ID)),
        who: { groups: [STUDENTS, NURSES] },
        outcome: "keeps",
      },
      {
        it: "the target of a user goes",
        before: targets({ ...include("a1000000-0000-4000-8000-0000000000cd", LOOSE_ID), targetType: "user" }),
        after: targets(),
        who: { user: "A1000000-0000-4000-8000-0000000000CD" },
        outcome: "lockedOut",
      },
      {
        it: "the target of another user goes",
        before: targets({ ...include("a1000000-0000-4000-8000-0000000000cd", LOOSE_ID), targetType: "user" }),
        after: targets(),
        outcome: "keeps",
      },
      {
        it: "the target of a user goes, and people are pseudonyms",
        before: targets({ ...include("a1000000-0000-4000-8000-0000000000cd", LOOSE_ID), targetType: "user" }),
        after: targets(),
        who: { user: "p-17" },
        outcome: "unknown",
      },
      {
        it: "a target of a newer kind goes",
        before: targets({ ...include(STUDENTS, LOOSE_ID), targetType: "device" }),
        after: targets(),
        outcome: "unknown",
      },
    ]);
  });

  describe("excludes", () => {
    table([
      {
        it: "the group is excluded",
        before: open(),
        after: open(exclude(STUDENTS)),
        outcome: "lockedOut",
        reasons: [{ rule: "excluded", groups: [STUDENTS] }],
      },
      { it: "another group is excluded", before: open(), after: open(exclude(NURSES)), outcome: "keeps" },
      {
        it: "it was excluded already",
        before: open(exclude(STUDENTS)),
        after: { ...only(KEY_B), ...exclude(STUDENTS) },
        outcome: "keeps",
      },
      {
        it: "an exclude beats a target of the same person",
        before: open(),
        after: open({ includeTargets: [include(NURSES, DEFAULT_ID)], ...exclude(STUDENTS) }),
        who: { groups: [STUDENTS, NURSES] },
        outcome: "lockedOut",
      },
      { it: "an exclude is lifted", before: open(exclude(STUDENTS)), after: open(), outcome: "keeps" },
    ]);
  });

  describe("several profiles", () => {
    const two = targets(include(STUDENTS, LOOSE_ID, STRICT_ID));
    table([
      {
        it: "one that accepts the key suffices",
        before: two,
        after: targets(include(STUDENTS, LOOSE_ID)),
        outcome: "keeps",
      },
      {
        it: "the one that accepted it goes",
        before: two,
        after: targets(include(STUDENTS, STRICT_ID)),
        outcome: "lockedOut",
        reasons: lost(KEY_A, STRICT_ID),
      },
      {
        it: "the other group's profile accepts it",
        before: targets(include(STUDENTS, LOOSE_ID), include(NURSES, LOOSE_ID)),
        after: targets(include(STUDENTS, STRICT_ID), include(NURSES, LOOSE_ID)),
        who: { groups: [STUDENTS, NURSES] },
        outcome: "keeps",
      },
      {
        it: "everyone's profile accepts it",
        before: targets(include(STUDENTS, LOOSE_ID), include("all_users", LOOSE_ID)),
        after: targets(include(STUDENTS, STRICT_ID), include("all_users", LOOSE_ID)),
        outcome: "keeps",
      },
      {
        it: "one key goes, another stays",
        before: two,
        after: targets(include(STUDENTS, STRICT_ID)),
        who: { passkeys: [key(KEY_A), key(KEY_B)] },
        outcome: "reduced",
        reasons: lost(KEY_A, STRICT_ID),
      },
    ]);
  });

  describe("lists", () => {
    const restricted = (keyRestrictions: ReturnType<typeof allow>) =>
      profilePolicy([profile(DEFAULT_ID, { keyRestrictions })]);
    table([
      { it: "allow list with the model", before: open(), after: only(KEY_A), outcome: "keeps" },
      { it: "allow list in another letter case", before: open(), after: only(KEY_A.toUpperCase()), outcome: "keeps" },
      {
        it: "allow list without the model",
        before: open(),
        after: only(KEY_B),
        outcome: "lockedOut",
        reasons: lost(KEY_A, "default"),
      },
      {
        it: "block list with the model",
        before: open(),
        after: restricted(block(KEY_A)),
        outcome: "lockedOut",
        reasons: lost(KEY_A, "default"),
      },
      { it: "block list without the model", before: open(), after: restricted(block(KEY_B)), outcome: "keeps" },
      { it: "empty allow list", before: open(), after: restricted(allow()), outcome: "lockedOut" },
      { it: "empty block list", before: open(), after: restricted(block()), outcome: "keeps" },
      {
        it: "a block list turns into an allow list",
        before: restricted(block(KEY_B)),
        after: only(KEY_B),
        outcome: "lockedOut",
      },
      {
        it: "enforcement off: the list restricts nothing",
        before: open(),
        after: restricted(unenforced("allow", KEY_B)),
        outcome: "keeps",
      },
      {
        it: "enforcement on",
        before: restricted(unenforced("allow", KEY_B)),
        after: only(KEY_B),
        outcome: "lockedOut",
      },
      {
        it: "the word of the list is newer than this version",
        before: open(),
        after: restricted({ isEnforced: true, enforcementType: "prefer", aaGuids: [KEY_A] }),
        outcome: "unknown",
        reasons: [{ rule: "unread", what: "policy" }],
      },
      {
        it: "enforcement could not be read",
        before: open(),
        after: restricted({ enforcementType: "allow", aaGuids: [KEY_B] }),
        outcome: "unknown",
      },
      { it: "it was and is unreadable", before: restricted({}), after: restricted({}), outcome: "keeps" },
    ]);
  });

  describe("types", () => {
    const types = (passkeyTypes: string | null) => profilePolicy([profile(DEFAULT_ID, { passkeyTypes })]);
    const synced = { passkeys: [key(KEY_A, "synced")] };
    table([
      {
        it: "device-bound only, for a device-bound key",
        before: types("deviceBound,synced"),
        after: types("deviceBound"),
        outcome: "keeps",
      },
      {
        it: "device-bound only, for a synced one",
        before: types("deviceBound,synced"),
        after: types("deviceBound"),
        who: synced,
        outcome: "lockedOut",
        reasons: [{ rule: "passkeyType", passkeyType: "synced", profiles: ["default"] }],
      },
      {
        it: "synced only, for a device-bound one",
        before: types("deviceBound,synced"),
        after: types("synced"),
        outcome: "lockedOut",
      },
      {
        it: "a type of a newer kind that both name",
        before: types("deviceBound,hybrid"),
        after: types("hybrid"),
        who: { passkeys: [key(KEY_A, "hybrid")] },
        outcome: "unknown",
      },
      { it: "types that could not be read", before: types("deviceBound"), after: types(null), outcome: "unknown" },
    ]);
  });

  describe("state", () => {
    const off = open({ state: "disabled" });
    table([
      {
        it: "the policy is turned off",
        before: open(),
        after: off,
        outcome: "lockedOut",
        reasons: [{ rule: "state" }],
      },
      { it: "it was off", before: off, after: { ...only(KEY_B), state: "disabled" }, outcome: "keeps" },
      {
        it: "a state of a newer kind becomes enabled",
        before: open({ state: "reportOnly" }),
        after: open(),
        who: { passkeys: [key()] },
        outcome: "keeps",
      },
      { it: "it is turned on", before: off, after: open(), outcome: "keeps" },
      { it: "it is turned on more strictly", before: off, after: only(KEY_B), outcome: "keeps" },
      {
        it: "a state of a newer kind",
        before: open(),
        after: open({ state: "reportOnly" }),
        outcome: "unknown",
        reasons: [{ rule: "unread", what: "policy" }],
      },
    ]);
  });

  describe("self-service registration", () => {
    table([
      {
        it: "acts at registration only",
        before: open(),
        after: open({ isSelfServiceRegistrationAllowed: false }),
        outcome: "keeps",
      },
    ]);
  });

  describe("Microsoft Authenticator and Windows Hello", () => {
    const [phone] = AUTHENTICATOR;
    const [hello] = WINDOWS_HELLO;
    const listed = (keyRestrictions: ReturnType<typeof allow>) =>
      profilePolicy([profile(DEFAULT_ID, { keyRestrictions })]);
    const local = { passkeys: [key(KEY_A), key(hello)] };
    table([
      {
        it: "Authenticator listed without enforcement",
        before: open(),
        after: listed(unenforced("allow", phone!)),
        outcome: "keeps",
      },
      {
        it: "Authenticator alone accepted",
        before: open(),
        after: listed(allow(phone!)),
        who: { passkeys: [key(KEY_A), key(phone)] },
        outcome: "reduced",
      },
      {
        it: "Authenticator no longer accepted",
        before: open(),
        after: only(KEY_A),
        who: { passkeys: [key(phone)] },
        outcome: "lockedOut",
      },
      {
        it: "what is left is a passkey in Windows Hello",
        before: open(),
        after: listed(allow(hello!)),
        who: local,
        outcome: "lockedOut",
      },
      {
        it: "what is left is a passkey in Windows Hello, and local ones count",
        before: open(),
        after: listed(allow(hello!)),
        who: local,
        options: { countLocalCredentials: true },
        outcome: "reduced",
      },
      {
        it: "a passkey in Windows Hello goes, the security key stays",
        before: open(),
        after: only(KEY_A),
        who: local,
        outcome: "reduced",
        reasons: lost(hello!, "default"),
      },
    ]);
  });

  describe("what could not be read of a person", () => {
    const restricted = forGroup(STUDENTS, { keyRestrictions: allow(KEY_A) });
    const loose = forGroup(STUDENTS, {});
    table([
      {
        it: "the model",
        before: loose,
        after: restricted,
        who: { passkeys: [key()] },
        outcome: "unknown",
        reasons: [{ rule: "unread", what: "model" }],
      },
      {
        it: "the type",
        before: forGroup(STUDENTS, { passkeyTypes: "deviceBound,synced" }),
        after: loose,
        who: { passkeys: [{ aaguid: KEY_A }] },
        outcome: "unknown",
        reasons: [{ rule: "unread", what: "passkeyType" }],
      },
      {
        it: "the model, beside a key that stays",
        before: loose,
        after: restricted,
        who: { passkeys: [key(), key(KEY_A)] },
        outcome: "reduced",
      },
      {
        it: "the model, where nothing changes for the person",
        before: loose,
        after: restricted,
        who: { passkeys: [key()], groups: [ADMINS] },
        outcome: "keeps",
      },
    ]);
  });
});
