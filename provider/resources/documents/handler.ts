import { FRESH_MS } from "../../apply/index.js";
import type * as Catalogue from "../../catalogue/edition.js";
import { canonicalJson } from "../../policy/digest.js";
import { changesTo } from "../../policy/documents.js";
import { problemText, type Problem } from "../../policy/problem.js";
import type { Host } from "../host.js";
import { forPeople, otherTenant, type CheckFailure, type Handler } from "../passkeyPolicy/handler.js";
import { givenBy, pick } from "../passkeyPolicy/inputs.js";
import { resourceName } from "../passkeyPolicy/owner.js";
import type * as Shape from "../passkeyPolicy/shape.js";
import { hasUnknown } from "../passkeyPolicy/unknown.js";
import { noteRefusedDocument } from "../preview/record.js";
import { claimMembers } from "./claims.js";
import {
  establish,
  giveBackDocument,
  judged,
  journalOf,
  managedBefore,
  planMembers,
  stateOf,
  subjectOf,
  warningText,
} from "./establish.js";
import type { DocumentInputs, DocumentKind, DocumentState, Looked, Subject } from "./kind.js";

/** The lifecycle of a resource that owns members of a document other than the passkey policy. */
export function documentHandler<Declared extends object, Doc>(
  host: Host,
  kind: DocumentKind<Declared, Doc>,
): Handler<DocumentInputs, DocumentState> {
  const subject = (inputs: DocumentInputs): Subject<Declared> =>
    subjectOf(kind as DocumentKind<Declared, unknown>, inputs, inputs);
  const declaredIn = (properties: object) => canonicalJson(pick(properties as Declared, kind.declared));
  const claim = (of: Subject<Declared>) =>
    claimMembers(host.session(), kind.document(of), of.owner, kind.wanted(of), kind.placeOf);
  /** Who is in the program: a refresh asks for a diff of resources that may not be in it any more. */
  const checked = new Set<string>();

  /** Plans on the tenant as it is, says what would change, and answers what is refused. */
  async function preview(declared: Subject<Declared>, olds?: DocumentState): Promise<readonly Problem[]> {
    const refusals = await planned(declared, olds);
    const operation = olds === undefined ? "create" : "update";
    if (refusals.length > 0) noteRefusedDocument(host, { owner: declared.owner, operation, refusals });
    return refusals;
  }

  async function planned(declared: Subject<Declared>, olds?: DocumentState): Promise<readonly Problem[]> {
    const journal = journalOf(host);
    const noted = olds === undefined ? journal.read(declared.tenantId, declared.owner) : undefined;
    const of = { ...declared, ...(noted !== undefined && { noted }) };
    const name = resourceName(of.owner);
    const port = kind.port(host, of);
    const doc = await port.reads.get();
    const there = port.members(doc);
    const before = managedBefore(journal, of, olds?.managed);
    const { wanted, refusals, notes } = await planMembers(host, kind, of, there, doc, before);
    if (refusals.length > 0) return refusals;
    const changes = changesTo(there, wanted);
    for (const line of kind.changeLines(doc, changes)) host.logOnce(`${name}: ${line}`);
    for (const note of notes) host.logOnce(`${name}: left alone: ${problemText(note)}`);
    for (const warning of kind.warnings(doc, wanted)) host.logOnce(`${name}: ${warningText(warning)}`);
    return changes.size === 0 ? [] : judged(host, kind, of, doc, changes, { stage: "preview" });
  }

  return forPeople({
    configure(request) {
      host.configure((key) => request.config.get(key));
      return Promise.resolve();
    },

    async check(oldInputs, newInputs) {
      // The engine gives an empty object where there is no resource yet.
      const before = oldInputs as DocumentInputs | undefined;
      const olds = before?.looked === undefined ? undefined : before;
      const news = newInputs as DocumentInputs;
      checked.add(news.owner);
      const { tenantId } = host.settings();
      const foreign = otherTenant(olds?.tenantId, tenantId);
      if (foreign !== undefined) return { failures: [foreign] };
      const of = (looked: Looked): Subject<Declared> => subject({ ...news, tenantId, looked });
      const whole = (looked: Looked): DocumentInputs => ({ ...news, tenantId, looked, ...kind.outputs(of(looked)) });
      if (olds !== undefined && isUnchanged(olds, news)) return { inputs: whole(olds.looked) };
      const { checkShape } = require("../passkeyPolicy/shape.js") as typeof Shape;
      const misshapen = checkShape(givenBy(news, kind.declared), kind.type);
      if (misshapen.length > 0) return { failures: misshapen.map(failure) };
      const { looked, refusals, warnings } = await kind.lookUp(host, of({}).declared, olds?.looked);
      if (refusals.length > 0) return { failures: refusals.map(failure) };
      for (const warning of warnings) host.logOnce(`${resourceName(news.owner)}: ${warningText(warning)}`);
      const taken = claim(of(looked));
      if (taken.length > 0) return { failures: taken.map(failure) };
      // An update is planned in diff, which knows what was written.
      const refused = olds === undefined ? await preview(of(looked)) : [];
      return refused.length > 0 ? { failures: refused.map(failure) } : { inputs: whole(looked) };
    },

    async diff(_id, oldState, newInputs) {
      const olds = oldState as DocumentState;
      const news = newInputs as DocumentInputs;
      const entry = journalOf(host).read(olds.tenantId, olds.owner);
      const interrupted = entry !== undefined && entry.done !== true;
      const looked = ({ groups, aaGuids, drifted }: Looked = {}) => canonicalJson({ groups, aaGuids, drifted });
      const changes =
        interrupted || declaredIn(olds) !== declaredIn(news) || looked(olds.looked) !== looked(news.looked);
      if (!checked.has(news.owner)) return { changes };
      const of = { ...subject(news), objectId: olds.objectId };
      if (!changes) {
        claim(of);
        return { changes };
      }
      const refused = await preview(of, olds);
      if (refused.length > 0) {
        throw new Error(`${resourceName(news.owner)}: ${refused.map(problemText).join(" ")} Nothing was written.`);
      }
      return { changes };
    },

    create: (inputs) => establish(host, kind, known(inputs), undefined),

    update: async (_id, olds, news) => ({ outs: (await establish(host, kind, known(news), olds)).outs }),

    async read(id, state) {
      const of = { ...subject(state), objectId: state.objectId };
      const port = kind.port(host, of);
      const doc = await port.reads.get(FRESH_MS);
      if (kind.isGone(doc, of)) return { id: "", props: {} as DocumentState, inputs: {} as DocumentInputs };
      const declared = kind.drifted(of, port.members(doc));
      const drifted = canonicalJson(declared) !== canonicalJson(of.declared);
      const { drifted: _before, ...rest } = state.looked;
      const looked: Looked = drifted ? { ...rest, drifted: true } : rest;
      const now: Subject<Declared> = { ...of, declared, looked };
      const base = { owner: state.owner, tenantId: state.tenantId, looked, ...pick(state, ["__provider"]) };
      const inputs = { ...declared, ...kind.outputs(now), ...base } as DocumentInputs;
      const managed = journalOf(host).withInherited(state.tenantId, state.owner, state.managed);
      return { id, props: stateOf(kind, now, inputs, managed, port), inputs };
    },

    delete: (_id, state) => giveBackDocument(host, kind, state),
  });

  /** Word for word what was checked before, with the same edition of the catalogue. */
  function isUnchanged(olds: DocumentInputs, news: DocumentInputs): boolean {
    if (olds.looked === undefined || olds.owner !== news.owner || olds.looked.drifted === true) return false;
    if (hasUnknown(pick(news as unknown as Declared, kind.declared))) return false;
    if (
      canonicalJson(pick(olds as unknown as Declared, kind.declared)) !== canonicalJson(givenBy(news, kind.declared))
    ) {
      return false;
    }
    if (olds.looked.aaGuids === undefined) return true;
    const { catalogueEdition } = require("../../catalogue/edition.js") as typeof Catalogue;
    const { number, additions } = catalogueEdition();
    return olds.looked.catalogue === number && olds.looked.additions === additions;
  }

  function known(inputs: DocumentInputs): DocumentInputs {
    if (!hasUnknown(pick(inputs as unknown as Declared, kind.declared))) return inputs;
    throw new Error(`${resourceName(inputs.owner)}: a value is still unknown at the update; nothing was written.`);
  }
}

const failure = (problem: Problem): CheckFailure => ({ property: "", reason: problemText(problem) });
