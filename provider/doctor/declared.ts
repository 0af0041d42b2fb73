import { breakGlassOf, exclusiveOf } from "../resources/passkeyPolicy/guardSettings.js";
import type { CheckedInputs } from "../resources/passkeyPolicy/inputs.js";
import { classOf, readOwner, resourceName } from "../resources/passkeyPolicy/owner.js";
import { policyStateOf } from "../resources/parts/translate.js";
import { readPreviews } from "../resources/preview/index.js";
import { SECRET_MARK } from "../resources/secretMark.js";
import { PROFILE_LIMIT } from "../policy/index.js";

/** What a program declares that an examination goes by. */
export interface Declared {
  /** Tenants of its resources. */
  readonly tenants: ReadonlySet<string>;
  /** Types of its resources of this package. */
  readonly resources: ReadonlySet<string>;
  /** Ids of exclusive profiles, with what messages call them. */
  readonly exclusive: ReadonlyMap<string, string>;
  /** Object ids of emergency accounts, and of groups of such accounts. */
  readonly breakGlass: { readonly users: readonly string[]; readonly groups: readonly string[] };
  readonly profileLimit: number;
}

/** A file that says what a program declares. */
export interface StackText {
  /** What messages call it. */
  readonly from: string;
  /** What `pulumi stack export` or `pulumi preview --json` printed. */
  readonly text: string;
}

interface Resource {
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/**
 * What programs declare, by their states or previews.
 *
 * @throws Error with the place, the reason and the way out for a text that is neither.
 */
export function readDeclared(stacks: readonly StackText[]): Declared {
  const all = stacks.flatMap(resourcesIn);
  const declared = { tenants: new Set<string>(), resources: new Set<string>(), exclusive: new Map<string, string>() };
  const [users, groups] = [new Set<string>(), new Set<string>()];
  let profileLimit = PROFILE_LIMIT;
  for (const { type, properties } of all) {
    declared.resources.add(classOf(type)!);
    const { tenantId } = properties;
    if (typeof tenantId === "string") declared.tenants.add(tenantId.toLowerCase());
    const inputs = declarationOf(type, properties);
    if (inputs === undefined) continue;
    for (const id of exclusiveOf(inputs)) declared.exclusive.set(id.toLowerCase(), placeOf(inputs, id));
    const own = breakGlassOf(inputs);
    for (const user of own?.users ?? []) users.add(user.toLowerCase());
    for (const group of own?.groups ?? []) groups.add(group);
    profileLimit = Math.max(profileLimit, typeof inputs.profileLimit === "number" ? inputs.profileLimit : 0);
  }
  return { ...declared, breakGlass: { users: [...users], groups: [...groups] }, profileLimit };
}

/** A resource in the form of a `PasskeyPolicy`; of other documents what they share with it. */
function declarationOf(type: string, properties: Resource["properties"]): CheckedInputs | undefined {
  if (typeof properties["owner"] !== "string") return undefined;
  const resolved = { groups: {}, profileIds: {}, ...(properties["resolved"] as object | undefined) };
  const whole = { ...properties, resolved };
  const inputs = policyStateOf(type, whole) ?? (whole as unknown as CheckedInputs);
  return JSON.stringify([inputs.breakGlass, inputs.profiles]).includes(SECRET_MARK) ? undefined : inputs;
}

function placeOf(inputs: CheckedInputs, id: string): string {
  const [key] = Object.entries(inputs.resolved.profileIds).find(([, known]) => known === id) ?? [];
  const name = resourceName(inputs.owner);
  return key === undefined || readOwner(inputs.owner).type !== "PasskeyPolicy" ? name : `${name} profiles.${key}`;
}

function resourcesIn({ from, text }: StackText): Resource[] {
  const exported = exportIn(text);
  const found =
    exported ??
    readPreviews(text, from).flatMap(({ resources, refused }) => [
      ...resources.map((one) => ({ type: one.type, properties: (one.new ?? one.old)?.inputs ?? {} })),
      ...refused.flatMap(({ owner, inputs }) => {
        const type = `pulumi-nodejs:dynamic/entra:${readOwner(owner).type}`;
        return inputs === undefined ? [] : [{ type, properties: inputs as unknown as Resource["properties"] }];
      }),
    ]);
  return found.filter(({ type }) => classOf(type) !== undefined);
}

/** The resources of what `pulumi stack export` prints; undefined where it is something else. */
function exportIn(text: string): Resource[] | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { deployment } = (parsed ?? {}) as { deployment?: { resources?: unknown } | null };
  if (deployment === undefined || deployment === null) return undefined;
  const { resources = [] } = deployment;
  if (!Array.isArray(resources)) return [];
  return (resources as { type?: unknown; outputs?: unknown }[]).flatMap(({ type, outputs }) =>
    typeof type === "string" && typeof outputs === "object" && outputs !== null
      ? [{ type, properties: outputs as Resource["properties"] }]
      : [],
  );
}
