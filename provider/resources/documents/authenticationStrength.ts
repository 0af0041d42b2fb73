import type { Send } from "../../apply/document.js";
import { catalogueEdition, findModel } from "../../catalogue/index.js";
import {
  EXISTS,
  giveBackStrength,
  PASSKEY,
  strengthMembers,
  strengthRefusals,
  withStrengthMembers,
  type CustomStrength,
  type StrengthDocument,
} from "../../policy/customStrength.js";
import { isCompromisedModel } from "../../policy/compromised.js";
import type { MemberValue, MemberValues } from "../../policy/documents.js";
import type { Problem } from "../../policy/problem.js";
import type { StrengthsGraph } from "../../graph/index.js";
import type { Host } from "../host.js";
import { SETTINGS, type GuardSettings, type KeyRestrictionsInputs } from "../passkeyPolicy/inputs.js";
import { guardInputProblems } from "../passkeyPolicy/guardInputs.js";
import { findModels, findNamedGroups, type GroupFindings, type GroupPlace } from "../passkeyPolicy/lookup.js";
import { hasUnknown, ifKnown, UNKNOWN_VALUE } from "../passkeyPolicy/unknown.js";
import type { DocumentKind, ObjectPort, Subject } from "./kind.js";
import { readOnce } from "./reads.js";
import type * as StrengthGuard from "./strengthGuard.js";

/** A custom authentication strength that passkeys of some models satisfy, for Conditional Access to ask for. */
export interface PasskeyAuthenticationStrengthInputs
  extends GuardSettings, Pick<KeyRestrictionsInputs, "models" | "select"> {
  /** Its name in the tenant. */
  displayName: string;
  /** Default: empty. */
  description?: string;
  /**
   * What satisfies it. `fido2` always; with `temporaryAccessPassOneTime` it is for registering the first key, and for
   * nothing else. Default `["fido2"]`.
   */
  allowedCombinations?: ("fido2" | "temporaryAccessPassOneTime")[];
  /** Take over a custom strength of the same name. Default false: it is refused. */
  adopt?: boolean;
}

type Of = Subject<PasskeyAuthenticationStrengthInputs>;

const readsOf = readOnce((graph) => graph.strengths.list());

/** The strengths of the tenant, seen by one resource. */
class StrengthPort implements ObjectPort<StrengthDocument> {
  readonly name: string;
  readonly reads: ObjectPort<StrengthDocument>["reads"];
  readonly members = strengthMembers;
  readonly #graph: StrengthsGraph;
  #id: string | undefined;
  /** A creation was sent: what has the name now is ours, also where the answer was lost. */
  #sent = false;

  constructor(host: Host, subject: Of) {
    const { declared, objectId, noted } = subject;
    this.name = `the authentication strength ${declared.displayName}`;
    this.#graph = host.graph().strengths;
    this.#id = objectId ?? noted?.objectId;
    const all = readsOf(host);
    const own = (strengths: readonly CustomStrength[]): CustomStrength | undefined => {
      if (this.#id !== undefined) return strengths.find(({ id }) => id === this.#id);
      // A run that was stopped while it created the strength knew its name only; a new one is taken over by its name.
      const isNoted = noted !== undefined && noted.done !== true && noted.managed[EXISTS]?.prior === null;
      if (!isNoted && !this.#sent && declared.adopt !== true) return undefined;
      const named = strengths.filter(
        ({ policyType, displayName }) =>
          policyType === "custom" && displayName.toLowerCase() === String(declared.displayName).toLowerCase(),
      );
      if (named.length !== 1) return undefined;
      this.#id = named[0]!.id;
      return named[0];
    };
    const view = (strengths: CustomStrength[]): StrengthDocument => ({ strengths, own: own(strengths) });
    this.reads = {
      get: async (maxAge?: number) => view(await all.get(maxAge)),
      again: async () => view(await all.again()),
      forget: () => all.forget(),
      get askedAt() {
        return all.askedAt;
      },
    };
  }

  id = (): string => this.#id ?? "";
  objectId = (): string | undefined => this.#id;

  async write({ own }: StrengthDocument, changes: MemberValues, send: Send): Promise<void> {
    const graph = this.#graph;
    if (changes.get(EXISTS) === null) return send("deleting it", () => graph.delete(own!.id));
    const combinations = changes.get("allowedCombinations") as readonly string[] | undefined;
    const models = changes.get("allowedAAGUIDs") as readonly string[] | null | undefined;
    if (own === undefined) {
      await send("creating it", async () => {
        this.#sent = true;
        this.#id = await graph.create({
          displayName: String(changes.get("displayName")),
          description: String(changes.get("description") ?? ""),
          allowedCombinations: combinations ?? [PASSKEY],
        });
      });
      // Nothing refers to it yet, so that it does not matter that every passkey satisfies it until this.
      if (models != null)
        await send("limiting it to its models", () => graph.limitToModels(this.#id!, undefined, models));
      return;
    }
    this.#id = own.id;
    // What narrows comes first, so that it is never wider than both before and after.
    const limits = async () => {
      if (models === undefined) return;
      const { fido2 } = own;
      if (models !== null) await send("setting its models", () => graph.limitToModels(own.id, fido2?.id, models));
      else if (fido2 !== undefined) await send("taking its models off", () => graph.removeLimit(own.id, fido2.id));
    };
    const widens = combinations?.some((one) => !own.allowedCombinations.includes(one)) === true;
    if (widens) await limits();
    if (combinations !== undefined) {
      await send("setting its combinations", () => graph.updateAllowedCombinations(own.id, combinations));
    }
    if (!widens) await limits();
    const texts = [...changes].filter(([name]) => name === "displayName" || name === "description");
    if (texts.length > 0) await send("setting its name", () => graph.patch(own.id, Object.fromEntries(texts)));
  }
}

function wanted({ declared, looked }: Of): MemberValues {
  const combinations = declared.allowedCombinations ?? [PASSKEY];
  const members = new Map<string, MemberValue>([[EXISTS, true]]);
  if (!hasUnknown(declared.displayName)) members.set("displayName", declared.displayName);
  if (declared.description !== undefined && !hasUnknown(declared.description)) {
    members.set("description", declared.description);
  }
  if (!hasUnknown(combinations)) members.set("allowedCombinations", [...new Set<string>(combinations)].sort());
  if (looked.aaGuids !== undefined) members.set("allowedAAGUIDs", looked.aaGuids);
  return members;
}

const shown = (value: MemberValue | undefined): string => (Array.isArray(value) ? value.join(", ") : String(value));

const titled = (aaguid: string): string => {
  const model = findModel(aaguid);
  return model === undefined ? aaguid : `${model.name} (${aaguid})`;
};

export const authenticationStrength: DocumentKind<PasskeyAuthenticationStrengthInputs, StrengthDocument> = {
  type: "PasskeyAuthenticationStrength",
  declared: ["displayName", "description", "models", "select", "allowedCombinations", "adopt", ...SETTINGS],
  document: ({ declared }) => `authenticationStrength/${String(ifKnown(declared.displayName) ?? "").toLowerCase()}`,
  port: (host, subject) => new StrengthPort(host, subject),
  wanted,

  async lookUp(host, declared, earlier) {
    const findings: GroupFindings = { resolved: { groups: {} }, refusals: guardInputProblems(declared), warnings: [] };
    const { refusals, warnings } = findings;
    const named = [
      ["breakGlass.group", ifKnown(declared.breakGlass?.group)] as const,
      ...(ifKnown(declared.adminGroups) ?? []).map(
        (group, index) => [`adminGroups[${index}]`, ifKnown(group)] as const,
      ),
    ];
    const places = named.flatMap(([place, group]): GroupPlace[] =>
      group === undefined ? [] : [{ place, group, removed: false, target: false }],
    );
    if (places.length > 0) await findNamedGroups(findings, places, new Set(), host.session(), earlier?.groups);
    const { number: catalogue, additions } = catalogueEdition();
    if (declared.models === undefined && declared.select === undefined) {
      refusals.push({
        code: "emptyAllowList",
        place: "models",
        reason: "neither models nor select says which passkeys satisfy the strength",
        wayOut: "Declare one of them; for every passkey that the policy accepts, Microsoft has a strength of its own",
      });
    }
    const aaGuids = findModels(declared, "", refusals);
    const { groups } = findings.resolved;
    const edition = { catalogue, ...(additions !== undefined && { additions }) };
    return { looked: { groups, ...edition, ...(aaGuids && { aaGuids }) }, refusals, warnings };
  },

  refusals: (doc, changes, { declared }) => strengthRefusals(doc, changes, declared.adopt === true),
  warnings: (_doc, members) => {
    const models = members.get("allowedAAGUIDs");
    const compromised = (Array.isArray(models) ? models : []).filter((id) => isCompromisedModel(id));
    return compromised.map((id): Problem => ({
      code: "compromisedModel",
      place: "models",
      reason: `${titled(id)} is marked as compromised or revoked in the FIDO metadata`,
      wayOut: "Take it off",
    }));
  },
  giveBack: giveBackStrength,
  isGone: ({ own }, { objectId }) => objectId !== undefined && own === undefined,

  drifted({ declared, looked }, there) {
    const value = (name: string) => there.get(name);
    const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
    const now = { ...declared };
    if (!same(value("displayName"), declared.displayName)) now.displayName = String(value("displayName"));
    if (declared.description !== undefined) now.description = String(value("description"));
    const combinations = value("allowedCombinations") as string[];
    if (!same(combinations, wanted({ declared, looked } as Of).get("allowedCombinations"))) {
      now.allowedCombinations = combinations as NonNullable<typeof now.allowedCombinations>;
    }
    const models = value("allowedAAGUIDs") as string[] | null;
    if (!same(models, looked.aaGuids)) {
      now.models = models ?? [];
      delete now.select;
    }
    return now;
  },

  outputs: ({ looked }) => ({ allowedAAGUIDs: looked.aaGuids ?? UNKNOWN_VALUE }),
  judge: (host, subject, doc, changes, run) => {
    const { judgeStrength } = require("./strengthGuard.js") as typeof StrengthGuard;
    return judgeStrength(host, subject, doc, changes, run);
  },
  withMembers: withStrengthMembers,
  placeOf: (name) => (name === EXISTS ? "displayName" : name === "allowedAAGUIDs" ? "models" : name),
  changeLines(doc, changes) {
    const there = strengthMembers(doc);
    if (changes.get(EXISTS) === null) return ["is deleted"];
    return [...changes].flatMap(([name, value]) => {
      if (name === EXISTS) return ["is created"];
      if (name !== "allowedAAGUIDs") {
        return there.has(name)
          ? [`${name}: ${shown(there.get(name))} -> ${shown(value)}`]
          : [`${name}: ${shown(value)}`];
      }
      const [before, after] = [there.get(name) ?? [], value ?? []].map((list) => new Set(list as string[]));
      const added = [...after!].filter((id) => !before!.has(id)).map((id) => `+ ${titled(id)}`);
      const removed = [...before!].filter((id) => !after!.has(id)).map((id) => `- ${titled(id)}`);
      return [...added, ...removed];
    });
  },
};
