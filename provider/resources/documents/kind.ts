import type { DocumentPort } from "../../apply/document.js";
import type { DocumentEntry } from "../../apply/documentJournal.js";
import type { GivenBack, ManagedMembers, MemberValues } from "../../policy/documents.js";
import type { Fido2Policy, Impact } from "../../policy/index.js";
import type { Problem } from "../../policy/problem.js";
import type { Host } from "../host.js";
import type { DocumentType } from "../passkeyPolicy/owner.js";

/** What check found out about a declaration, kept with it so that nothing is looked up twice or changes silently. */
export interface Looked {
  /** Object ids in lower case, by the names that the program uses. */
  readonly groups?: Readonly<Record<string, string>>;
  /** The AAGUIDs that `models` and `select` stand for, sorted. */
  readonly aaGuids?: readonly string[];
  /** Edition of the catalogue that they were resolved with. */
  readonly catalogue?: number;
  readonly additions?: string;
  /** A refresh found something else than what was written. */
  readonly drifted?: true;
}

/** Which resource is concerned, with what it declares. */
export interface Subject<Declared> {
  readonly owner: string;
  readonly tenantId: string;
  readonly declared: Declared;
  readonly looked: Looked;
  /** Id of the object that the resource manages, where there may be several; absent before it is created. */
  readonly objectId?: string | undefined;
  /** Of a create: what an earlier run of the same resource wrote down, which was stopped, or whose state is lost. */
  readonly noted?: DocumentEntry | undefined;
}

/** Inputs as check returns them and state keeps them. */
export interface DocumentInputs {
  owner: string;
  tenantId: string;
  looked: Looked;
  /** Pulumi's own; always kept, because without it the resource can never be read or destroyed again. */
  __provider?: string;
  [declared: string]: unknown;
}

/** What the engine keeps. Read by every later version: add to it, never change a meaning. */
export interface DocumentState extends DocumentInputs {
  /** Version of this shape. */
  schema: 1;
  managed: ManagedMembers;
  objectId?: string;
}

/** What a judgement is for. */
export interface JudgedRun {
  /** `pulumi preview`, or right before the write of an update or a destroy. */
  readonly stage: "preview" | "update" | "destroy";
  /** The passkey policy as it will be by then; default: as it is. */
  readonly policy?: Fido2Policy | undefined;
}

/** The judgement of people's ways in, before anything is written. */
export interface Judgement {
  readonly refusals: readonly Problem[];
  readonly warnings: readonly Problem[];
  readonly lines: readonly string[];
  /** Digest of the change, for an acknowledgement to name. */
  readonly plan?: string;
  /** Absent where nobody had to be read, or people could not be. */
  readonly impact?: Impact;
}

/** A port that may create the object that it is about. */
export interface ObjectPort<Doc> extends DocumentPort<Doc> {
  /** The id of the resource: of the object, or a constant. */
  id(): string;
  /** The object's id, where it has one. */
  objectId(): string | undefined;
}

/** A kind of document, of which resources own single members. */
export interface DocumentKind<Declared extends object, Doc> {
  readonly type: DocumentType;
  /** The properties that a program declares. */
  readonly declared: readonly (keyof Declared & string)[];
  /** Which document of the tenant: resources of one declare members of the same thing. */
  document(subject: Pick<Subject<Declared>, "declared">): string;
  /** Looks up groups and models. */
  lookUp(
    host: Host,
    declared: Declared,
    earlier: Looked | undefined,
  ): Promise<{ readonly looked: Looked; readonly refusals: readonly Problem[]; readonly warnings: readonly Problem[] }>;
  port(host: Host, subject: Subject<Declared>): ObjectPort<Doc>;
  /** The declared members; what is not known yet is left out. */
  wanted(subject: Subject<Declared>): MemberValues;
  /** What must not be written. */
  refusals(doc: Doc, changes: MemberValues, subject: Subject<Declared>): readonly Problem[];
  warnings(doc: Doc, wanted: MemberValues): readonly Problem[];
  giveBack(
    there: MemberValues,
    managed: ManagedMembers,
    names: readonly string[],
    isHeld: (name: string) => boolean,
  ): GivenBack;
  /** Of what would be given back, the members that cannot be, because what they refer to is gone; with the reason. */
  gone?(host: Host, values: MemberValues): Promise<ReadonlyMap<string, string>>;
  /** Whether the object is gone. */
  isGone(doc: Doc, subject: Subject<Declared>): boolean;
  /** The declaration with what drifted of it. */
  drifted(subject: Subject<Declared>, there: MemberValues): Declared;
  /** What programs see beside the declaration; known at preview. */
  outputs(subject: Subject<Declared>): Readonly<Record<string, unknown>>;
  /** The document with these members. */
  withMembers(doc: Doc, members: MemberValues): Doc;
  /** What a member is called in a program. */
  placeOf(name: string): string;
  /** One line for each change, for people. */
  changeLines(doc: Doc, changes: MemberValues): readonly string[];
  judge?(host: Host, subject: Subject<Declared>, doc: Doc, changes: MemberValues, run: JudgedRun): Promise<Judgement>;
}
