/** The resources that declare one part of the policy each; `PasskeyPolicy` declares any. */
export const PART_TYPES = ["PasskeyProfile", "PasskeyKeyRestrictions", "PasskeyGroupTarget"] as const;
export type PartType = (typeof PART_TYPES)[number];

/** The resources that declare members of other documents. */
export const DOCUMENT_TYPES = ["TemporaryAccessPassPolicy", "PasskeyAuthenticationStrength"] as const;
export type DocumentType = (typeof DOCUMENT_TYPES)[number];

const URN_TYPE = /^pulumi-nodejs:dynamic\/entra:(\w+)$/;

/** The class of this package that a resource is of, by its type in a state or a URN; `undefined` for any other package's. */
export const classOf = (type: string): string | undefined => URN_TYPE.exec(type)?.[1];

const TYPES = [...PART_TYPES, ...DOCUMENT_TYPES];

const BETWEEN = "::";

/**
 * Which resource of which program an `owner` is: `project/stack/name` of a `PasskeyPolicy`, and
 * `project/stack/type::name` of any other, because resources of two types may share a name.
 */
export function readOwner(owner: string): {
  readonly type: PartType | DocumentType | "PasskeyPolicy";
  readonly name: string;
} {
  const name = owner.split("/").slice(2).join("/") || owner;
  const [first, ...rest] = name.split(BETWEEN);
  const type = TYPES.find((known) => known === first);
  if (type === undefined || rest.length === 0) return { type: "PasskeyPolicy", name };
  return { type, name: rest.join(BETWEEN) };
}

/** What messages call a resource. */
export function resourceName(owner: string): string {
  const { type, name } = readOwner(owner);
  return `${type} ${name}`;
}
