import { giveBackMembers, type MemberValue, type MemberValues } from "../../policy/documents.js";
import { ALL_USERS } from "../../policy/model.js";
import {
  PASS_SETTINGS,
  passBody,
  passMembers,
  passRefusals,
  passTarget,
  passWarnings,
  withPassMembers,
  type TemporaryAccessPass,
} from "../../policy/temporaryAccessPass.js";
import type { Host } from "../host.js";
import { pick } from "../passkeyPolicy/inputs.js";
import type { GuardSettings } from "../passkeyPolicy/inputs.js";
import { findNamedGroups, type GroupFindings, type GroupPlace } from "../passkeyPolicy/lookup.js";
import { hasUnknown, UNKNOWN_VALUE } from "../passkeyPolicy/unknown.js";
import type { DocumentKind, ObjectPort, Subject } from "./kind.js";
import { readOnce } from "./reads.js";

/** Who may get a Temporary Access Pass, and what it may do. What is left out is not managed. */
export interface TemporaryAccessPassPolicyInputs extends Pick<GuardSettings, "onDestroy"> {
  /** Whether passes can be issued and used at all. */
  state?: "enabled" | "disabled";
  /** How long a pass is valid where nobody says otherwise, in minutes, from 10 to 43,200. Microsoft's default: 60. */
  defaultLifetimeInMinutes?: number;
  /** How many characters a pass has, from 8 to 48. Microsoft's default: 8. */
  defaultLength?: number;
  /** The shortest lifetime that may be chosen, in minutes, from 10 to 43,200. Microsoft's default: 60. */
  minimumLifetimeInMinutes?: number;
  /** The longest lifetime that may be chosen, in minutes, from 10 to 43,200. Microsoft's default: 480. */
  maximumLifetimeInMinutes?: number;
  /** Whether every pass works once only. Microsoft's default: false. */
  isUsableOnce?: boolean;
  /** Groups (object ids or names) whose members may get a pass, or `all_users`. Other targets stay. */
  includeTargets?: string[];
  /** Groups whose members may get none. Other excludes stay. */
  excludeTargets?: string[];
  /** Targets that must not be there, such as `all_users`. */
  removedIncludeTargets?: string[];
  /** Excludes that must not be there. */
  removedExcludeTargets?: string[];
}

type Of = Subject<TemporaryAccessPassPolicyInputs>;

/** By list, which targets it is about, and whether they are to be there. */
const LISTS = {
  includeTargets: { kind: "include", there: true },
  excludeTargets: { kind: "exclude", there: true },
  removedIncludeTargets: { kind: "include", there: false },
  removedExcludeTargets: { kind: "exclude", there: false },
} as const;
type List = keyof typeof LISTS;
const LIST_NAMES = Object.keys(LISTS) as List[];

const readsOf = readOnce((graph) => graph.readTemporaryAccessPass());

function portOf(host: Host): ObjectPort<TemporaryAccessPass> {
  const graph = host.graph();
  return {
    name: "the Temporary Access Pass policy",
    reads: readsOf(host),
    members: passMembers,
    write: (pass, changes, send) =>
      send("set what is declared in one step", () => graph.patchTemporaryAccessPass(passBody(pass, changes))),
    id: () => "temporaryAccessPass",
    objectId: () => undefined,
  };
}

/** The names of a list that are known; the whole list may not be known yet. */
const known = (list: unknown): string[] =>
  Array.isArray(list) ? (list as string[]).filter((group) => group !== UNKNOWN_VALUE) : [];

/** The id of a group of the program; `all_users` stands for itself. */
const idOf = ({ looked }: Pick<Of, "looked">, group: string): string =>
  group === ALL_USERS ? group : (looked.groups?.[group] ?? group).toLowerCase();

function wanted(subject: Of): MemberValues {
  const { declared } = subject;
  const settings = Object.entries(pick(declared, PASS_SETTINGS)).filter(([, value]) => !hasUnknown(value));
  const members = new Map<string, MemberValue>(settings as [string, MemberValue][]);
  for (const list of LIST_NAMES) {
    const { kind, there } = LISTS[list];
    for (const group of known(declared[list])) members.set(passTarget(kind, idOf(subject, group)), there ? true : null);
  }
  return members;
}

const TARGET = /^(include|exclude)\/(.+)$/;

export const temporaryAccessPassPolicy: DocumentKind<TemporaryAccessPassPolicyInputs, TemporaryAccessPass> = {
  type: "TemporaryAccessPassPolicy",
  declared: [...PASS_SETTINGS, ...LIST_NAMES, "onDestroy"],
  document: () => "temporaryAccessPass",
  port: portOf,
  wanted,

  async lookUp(host, declared, earlier) {
    const findings: GroupFindings = { resolved: { groups: {} }, refusals: [], warnings: [] };
    const places = LIST_NAMES.flatMap((list): GroupPlace[] =>
      known(declared[list])
        .map((group, index) => ({ place: `${list}[${index}]`, group, removed: !LISTS[list].there, target: true }))
        .filter(({ group }) => group !== ALL_USERS),
    );
    for (const list of LIST_NAMES) {
      if (LISTS[list].kind === "include" || !known(declared[list]).includes(ALL_USERS)) continue;
      const reason = "everyone cannot be excluded, only groups";
      findings.refusals.push({ code: "excludeAllUsers", place: list, reason, wayOut: "Name a group" });
    }
    if (places.length > 0) {
      const { includeTargets, excludeTargets } = await portOf(host).reads.get();
      const there = new Set([...includeTargets, ...excludeTargets].map(({ id }) => id.toLowerCase()));
      await findNamedGroups(findings, places, there, host.session(), earlier?.groups);
    }
    const subject = { looked: findings.resolved };
    for (const kind of ["include", "exclude"] as const) {
      const [add, remove] = LIST_NAMES.filter((list) => LISTS[list].kind === kind) as [List, List];
      const both = known(declared[add]).filter((group) =>
        known(declared[remove]).some((other) => idOf(subject, other) === idOf(subject, group)),
      );
      for (const group of both) {
        const reason = `${JSON.stringify(group)} is to be there by ${add} and not to be there by ${remove}`;
        findings.refusals.push({ code: "conflict", place: remove, reason, wayOut: "Leave it in one of the two" });
      }
    }
    return { looked: findings.resolved, refusals: findings.refusals, warnings: findings.warnings };
  },

  refusals: (pass, changes) => passRefusals(withPassMembers(pass, changes), changes),
  warnings: (pass, members) => passWarnings(withPassMembers(pass, members), members),
  giveBack: (there, managed, names, isHeld) =>
    giveBackMembers(there, managed, names, isHeld, temporaryAccessPassPolicy.placeOf),
  async gone(host, values) {
    const back = [...values].flatMap(([name, value]) => {
      const id = value === true ? TARGET.exec(name)?.[2] : undefined;
      return id === undefined || id === ALL_USERS ? [] : [{ name, id }];
    });
    if (back.length === 0) return new Map();
    const { byId } = await host.session().groups(
      back.map(({ id }) => id),
      [],
    );
    return new Map(back.filter(({ id }) => !byId.has(id)).map(({ name }) => [name, "the group is gone"]));
  },
  isGone: () => false,

  drifted(subject, there) {
    const { declared } = subject;
    const settings = PASS_SETTINGS.filter((name) => declared[name] !== undefined);
    const lists = LIST_NAMES.filter((list) => declared[list] !== undefined).map((list) => {
      const { kind, there: wantedThere } = LISTS[list];
      const isThere = (group: string) => there.get(passTarget(kind, idOf(subject, group))) === true;
      return [list, declared[list]!.filter((group) => isThere(group) === wantedThere)];
    });
    const live = settings.map((name) => [name, there.get(name)]);
    return { ...declared, ...Object.fromEntries([...live, ...lists]) } as TemporaryAccessPassPolicyInputs;
  },

  outputs: () => ({}),
  withMembers: withPassMembers,
  placeOf(name) {
    const [, kind, id] = TARGET.exec(name) ?? [];
    return kind === undefined ? name : `${kind}Targets (${id})`;
  },
  changeLines(pass, changes) {
    const there = passMembers(pass);
    return [...changes].map(([name, value]) => {
      const [, kind, id] = TARGET.exec(name) ?? [];
      if (kind === undefined) return `${name}: ${String(there.get(name))} -> ${String(value)}`;
      return `${kind}Targets: ${value === true ? "+" : "-"} ${id === ALL_USERS ? "all users" : `group ${id}`}`;
    });
  },
};
