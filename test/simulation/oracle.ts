/** Watches every write of the policy and says what must never happen. Knows nothing of how the package works. */
import type { RenderedFido2Policy } from "../../provider/dist/emulator/index.js";
import { canonical, differences } from "./document.ts";
import { History } from "./history.ts";
import type { Version } from "./history.ts";
import type { Process } from "./process.ts";
import { declaredParts } from "./spec.ts";
import type { Spec } from "./spec.ts";
import { MODELS, PEOPLE } from "./tenant.ts";
import { canUse } from "../policy/oracle.ts";
import type { Fido2Policy } from "../../provider/dist/policy/index.js";

/** How old what a write is made of may be when it is sent, in milliseconds: what the package promises, and its own steps. */
const FRESH_MS = 2000 + 60;

/** How often a plan is made anew. */
const MOST_TRIES = 4;

interface Read {
  readonly version: Version;
  readonly time: number;
}

/** What a process has done to the policy between two ends of its turn. */
interface Turn {
  readonly from: Version;
  readonly writes: Version[];
}

/** Reads and writes of one process. */
class Trail {
  readonly reads: Read[] = [];
  /** The last write that took effect, with nothing read since. */
  unread = false;
  /** It has been given an answer that was behind. */
  behind = false;
  readonly turns: Turn[] = [];
  /** Bodies of writes that came to nothing. */
  readonly dropped = new Map<string, number>();
}

export class Oracle {
  readonly history: History;
  readonly found: string[] = [];
  /** By stack, every part that one of its programs has ever had. */
  readonly #owned = new Map<string, Set<string>>();
  /** By part, what may be there once nothing of ours is: null for nothing. */
  readonly #bases = new Map<string, Set<string | null>>();
  /** By stack, the parts that somebody else has changed since it last looked. */
  readonly #disturbed = new Map<string, Set<string>>();
  /** Profiles that may stay, on account of an answer that was behind. */
  readonly #mayStay = new Set<string>();
  readonly #trails = new Map<Process, Trail>();
  readonly #now: () => number;

  readonly #drops: boolean;

  /** @param drops whether the service drops lists that are not enforced. */
  constructor(policy: RenderedFido2Policy, now: () => number, drops: boolean) {
    this.#now = now;
    this.#drops = drops;
    this.history = new History(policy, now());
  }

  /** A stack begins to apply a program. */
  wants(spec: Spec): void {
    const owned = this.#owned.get(spec.stack) ?? new Set();
    this.#owned.set(spec.stack, owned);
    for (const part of declaredParts(spec).keys()) {
      if (!owned.has(part)) this.#note(part);
      owned.add(part);
      // On its way to a list that is not enforced it may be for a moment.
      const list = /^(.*)\/aaGuids$/.exec(part)?.[1];
      for (const member of list === undefined ? [] : ["isEnforced", "enforcementType"]) {
        if (!owned.has(`${list}/${member}`)) this.#note(`${list}/${member}`);
        owned.add(`${list}/${member}`);
      }
    }
  }

  /** Whether a part is one of a stack's, or of a profile that it made. */
  #isOf(stack: string, part: string): boolean {
    return this.#owned.get(stack)?.has(part) === true || part.startsWith(`profile/${stack} `);
  }

  /** What is there when a stack first wants a part is what it has to give back. */
  #note(part: string): void {
    if (this.#bases.has(part)) return;
    // Nobody can tell it from what an answer showed that was behind.
    const since = this.history.behind(this.#now() - 5000);
    this.#bases.set(part, new Set(since.map(({ policy }) => canonical(policy, part))));
  }

  /** Somebody in the admin centre has changed the policy. */
  edited(policy: RenderedFido2Policy): string[] {
    const before = this.history.last;
    const after = this.history.add(policy, this.#now(), "another writer");
    const changed = differences(before.parts, after.parts);
    for (const part of changed) {
      this.#bases.get(part)?.add(canonical(policy, part));
      for (const stack of this.#owned.keys()) {
        if (this.#isOf(stack, part)) this.#disturbedBy(stack).add(part);
      }
    }
    return changed;
  }

  #disturbedBy(stack: string): Set<string> {
    const parts = this.#disturbed.get(stack) ?? new Set();
    this.#disturbed.set(stack, parts);
    return parts;
  }

  #trail(process: Process): Trail {
    const trail = this.#trails.get(process) ?? new Trail();
    this.#trails.set(process, trail);
    return trail;
  }

  served(process: Process, version: Version): void {
    const trail = this.#trail(process);
    trail.reads.push({ version, time: this.#now() });
    trail.unread = false;
    if (version === this.history.last) return;
    trail.behind = true;
    this.#excuse(process.stack, version);
  }

  /** A list that was made of an answer which was behind took a part back: as if somebody else had. */
  #takenBack({ policy }: Version, part: string): void {
    this.#bases.get(part)?.add(canonical(policy, part));
    this.#mayStay.add(profileOf(part));
    // A profile that such a target names is in use again.
    const named = part.startsWith("include/") ? canonical(policy, part) : null;
    for (const name of JSON.parse(named ?? "[]") as string[]) this.#mayStay.add(`profile/${name}`);
    for (const stack of this.#owned.keys()) if (this.#isOf(stack, part)) this.#disturbedBy(stack).add(part);
  }

  /**
   * An answer that is behind may show a part as it was before the stack wrote it. Where the stack is giving it back,
   * nobody can tell that from what is wanted: the service has no version by which an older answer would be known.
   */
  #excuse(stack: string, { policy, parts }: Version): void {
    const now = this.history.last;
    for (const part of differences(parts, now.parts)) {
      if (!this.#isOf(stack, part)) continue;
      for (const one of [now.policy, policy]) this.#bases.get(part)?.add(canonical(one, part));
      if (canonical(policy, part) === null) this.#mayStay.add(profileOf(part));
    }
  }

  turn(process: Process, what: "begins" | "ends"): void {
    if (what === "begins") this.#trail(process).turns.push({ from: this.history.last, writes: [] });
  }

  /** The service took a write. */
  wrote(process: Process, sentAt: number, body: string, policy: RenderedFido2Policy): void {
    const before = this.history.last;
    const trail = this.#trail(process);
    const read = trail.reads.at(-1);
    const say = (what: string) => this.found.push(`${process.name}: ${what}`);
    if (trail.unread) say("wrote again without reading what became of its last write");
    if (read === undefined) return void say("wrote without reading");
    const after = this.history.add(policy, this.#now(), process);
    const changed = differences(before.parts, after.parts);
    process.world.log(`  ${process.name}: writes ${changed.join(", ") || "nothing new"}`);
    if (changed.length === 0 && read.version.number === before.number && !this.#mayBeDropped(trail, body)) {
      say("wrote what was there already, although it had read that");
    }
    trail.unread = true;
    trail.turns.at(-1)?.writes.push(after);
    const fresh = trail.reads.filter(({ time }) => time >= sentAt - FRESH_MS);
    for (const part of changed) {
      if (trail.behind) this.#takenBack(after, part);
      if (this.#isOf(process.stack, part)) continue;
      this.#takenBack(after, part);
      // A list that is not enforced and that somebody else has just removed comes back without its models.
      if (this.#drops && part.endsWith("/aaGuids") && !before.parts.has(part)) continue;
      const raced = fresh.some(({ version }) => version.parts.get(part) === after.parts.get(part));
      const [was, is] = [before, after].map(({ parts }) => parts.get(part) ?? "absent");
      if (!raced) say(`changed ${part}, which is not its stack's, from ${was} to ${is}`);
    }
  }

  /** Only a try tells that the service drops lists that are not enforced; one whose answer is lost tells nothing. */
  #mayBeDropped({ dropped }: Trail, body: string): boolean {
    const times = (dropped.get(body) ?? 0) + 1;
    dropped.set(body, times);
    return this.#drops && times <= MOST_TRIES;
  }

  /** How many writes of a process took effect. */
  writes(process: Process): number {
    return this.history.versions.filter(({ by }) => by === process).length;
  }

  /** A command of a stack has ended well. */
  succeeded(process: Process, spec: Spec | undefined, refreshed: boolean, since: number): void {
    this.#judgeTurns(process);
    if (spec === undefined) return;
    const disturbed = this.#disturbedBy(spec.stack);
    const later = this.history.versions.slice(since + 1).some(({ by }) => by === "another writer");
    if (refreshed && !later) disturbed.clear();
    // Who was told last that a part is there already, in an answer that was behind, could not know.
    const told = this.#trail(process).reads.at(-1)?.version.parts;
    const now = this.history.last.parts;
    const isMissed = (part: string) => told !== undefined && told.get(part) !== now.get(part);
    this.#holds(process.name, spec, (part) => disturbed.has(part) || isMissed(part));
  }

  #holds(who: string, spec: Spec, isLeftOut: (part: string) => boolean): void {
    const { policy } = this.history.last;
    const isGone = (name: string) => isLeftOut(`profile/${name}`);
    for (const [part, wanted] of declaredParts(spec)) {
      const profile = part.split("/")[1]!;
      if (isLeftOut(part) || (part.startsWith("profile/") && isGone(profile))) continue;
      const now = canonical(policy, part);
      if (now !== wanted) this.found.push(`${who}: ended well, but ${part} is ${now}, and not ${wanted}`);
    }
  }

  /** Between the steps of one plan nobody loses a key for a moment, and no key works for a moment only. */
  #judgeTurns(process: Process): void {
    for (const { from, writes } of this.#trail(process).turns) {
      const last = writes.at(-1);
      if (last === undefined || writes.length < 2) continue;
      const between = this.history.versions.slice(from.number + 1, last.number);
      if (between.some(({ by }) => by !== process)) continue;
      for (const version of between) {
        const wrong = transient(from.policy, version.policy, last.policy);
        if (wrong !== undefined) this.found.push(`${process.name}: between two steps ${wrong}`);
      }
    }
  }

  /** What is wrong once every stack is gone. */
  judgeEnd(): void {
    const { policy, parts } = this.history.last;
    for (const part of parts.keys()) {
      if (/^profile\/(alpha|beta|gamma) /.test(part) && !this.#mayStay.has(profileOf(part)))
        this.found.push(`at the end there still is ${part}`);
    }
    for (const [part, bases] of this.#bases) {
      const now = canonical(policy, part);
      if (part.startsWith("profile/") && !part.startsWith("profile/default")) continue;
      if (!bases.has(now)) {
        this.found.push(`at the end ${part} is ${now}; before, it was ${[...bases].join(" or ")}`);
      }
    }
  }
}

/** The profile that a part is of. */
const profileOf = (part: string) => part.split("/").slice(0, 2).join("/");

const KEYS = PEOPLE.flatMap(({ name, groups, keys }) =>
  MODELS.flatMap((aaguid) =>
    ["deviceBound", "synced"].map((passkeyType) => ({
      key: { user: name, groups, aaguid, passkeyType },
      has: passkeyType === "deviceBound" && keys.includes(aaguid),
    })),
  ),
);

function transient(...policies: [before: unknown, between: unknown, after: unknown]): string | undefined {
  for (const { key, has } of KEYS) {
    const [before, between, after] = policies.map((policy) => canUse(policy as Fido2Policy, key));
    if (has && before === "yes" && after === "yes" && between !== "yes") return `${key.user} loses ${key.aaguid}`;
    if (before === "no" && after === "no" && between !== "no") {
      return `${key.user} may use a ${key.passkeyType} ${key.aaguid}`;
    }
  }
  return undefined;
}
