import type { Impact, ImpactOptions } from "../impact/assess.js";
import type { Inventory, Person } from "../impact/inventory.js";
import type { Outcome } from "../impact/loss.js";
import type { Fido2Policy } from "../model.js";
import { normalizePolicy } from "../normalize.js";
import type { NormalProfile } from "../normalize.js";
import { SignIn } from "../signIn.js";

/** What people who are alike have to do before a policy is applied. Counts, never who they are. */
export interface Task {
  readonly people: number;
  /** What would become of them without it. */
  readonly outcome: Exclude<Outcome, "keeps" | "reduced">;
  /** The targets through which they use passkeys now, sorted; empty where none is known. */
  readonly groups: readonly string[];
  /** The models of the passkeys that they have, sorted; `undefined` where a model, or all of it, could not be read. */
  readonly models: readonly string[] | undefined;
  /**
   * What they can register so that it will work: these models, any model but these, or nothing. `undefined` where it
   * could not be read.
   */
  readonly register: Registrable;
}

/** Models that will work; `nothing` where no profile means these people, so that they need another method. */
export type Registrable =
  { readonly only: readonly string[] } | { readonly anyBut: readonly string[] } | "nothing" | "unknown";

/** What has to be done by those whom a change would strand or lock out, or may; most people first. */
export function tasksOf(
  before: Fido2Policy,
  after: Fido2Policy,
  { loss }: Impact,
  { groupsRead }: Inventory,
  { nestedMembership }: ImpactOptions,
): Task[] {
  const signIn = (policy: Fido2Policy) => new SignIn(normalizePolicy(policy), { groupsRead, nestedMembership });
  const [old, now] = [signIn(before), signIn(after)];
  const tasks = new Map<string, Task>();
  for (const { person, outcome } of loss?.affected ?? []) {
    if (outcome === "keeps" || outcome === "reduced") continue;
    const groups = [...new Set(old.standing(person).covers.flatMap(({ targets }) => targets))].sort();
    const task: Task = { people: 1, outcome, groups, models: modelsOf(person), register: registrable(now, person) };
    const text = JSON.stringify([outcome, groups, task.models ?? null, task.register]);
    const known = tasks.get(text);
    tasks.set(text, known ? { ...known, people: known.people + 1 } : task);
  }
  return [...tasks]
    .sort(([a, one], [b, other]) => other.people - one.people || (a < b ? -1 : 1))
    .map(([, task]) => task);
}

function modelsOf({ passkeys }: Person): string[] | undefined {
  const models = passkeys?.map(({ aaguid }) => aaguid?.toLowerCase());
  return models?.every((model) => model !== undefined) ? [...new Set(models)].sort() : undefined;
}

/** What somebody may register by a policy. Attestation and types are the profile's own business. */
function registrable(signIn: SignIn, person: Person): Registrable {
  const { state, excluded, covers } = signIn.standing(person);
  if (state === "rejected" || excluded === "accepted" || covers.length === 0) return "nothing";
  const sure = covers.filter(({ covered }) => covered === "accepted").map(({ profile }) => profile);
  if (state === "unknown" || excluded === "unknown" || sure.length === 0) return "unknown";
  return sure.map(listOf).reduce(union);
}

function listOf({ keyRestrictions, passkeyTypes }: NormalProfile): Registrable {
  const { isEnforced, enforcementType, aaGuids } = keyRestrictions;
  if (passkeyTypes?.size === 0) return "nothing";
  if (isEnforced === false) return { anyBut: [] };
  if (isEnforced === undefined || aaGuids === undefined) return "unknown";
  const list = [...new Set(aaGuids.map((aaguid) => aaguid.toLowerCase()))].sort();
  if (enforcementType === "block") return { anyBut: list };
  if (enforcementType !== "allow") return "unknown";
  return list.length === 0 ? "nothing" : { only: list };
}

function union(a: Registrable, b: Registrable): Registrable {
  if (a === "nothing" || b === "nothing") return a === "nothing" ? b : a;
  if (a === "unknown" || b === "unknown") return a === "unknown" ? b : a;
  if ("only" in a) {
    if ("only" in b) return { only: [...new Set([...a.only, ...b.only])].sort() };
    return { anyBut: b.anyBut.filter((aaguid) => !a.only.includes(aaguid)) };
  }
  if ("only" in b) return union(b, a);
  return { anyBut: a.anyBut.filter((aaguid) => b.anyBut.includes(aaguid)) };
}
