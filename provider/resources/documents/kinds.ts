import { classOf, type DocumentType } from "../passkeyPolicy/owner.js";
import { authenticationStrength } from "./authenticationStrength.js";
import type { DocumentKind } from "./kind.js";
import { temporaryAccessPassPolicy } from "./temporaryAccessPass.js";

/** A kind, whatever it is of: what it declares and reads goes through it only. */
export type AnyDocumentKind = DocumentKind<object, unknown>;

const KINDS: Readonly<Record<DocumentType, AnyDocumentKind>> = {
  PasskeyAuthenticationStrength: authenticationStrength as unknown as AnyDocumentKind,
  TemporaryAccessPassPolicy: temporaryAccessPassPolicy as unknown as AnyDocumentKind,
};

/** The kind of document of a resource of ours; `undefined` for any other resource. */
export function documentKindOf(type: string): AnyDocumentKind | undefined {
  const name = classOf(type) ?? "";
  return Object.hasOwn(KINDS, name) ? KINDS[name as DocumentType] : undefined;
}
