import * as pulumi from "@pulumi/pulumi";
import type { GuardSettings } from "./passkeyPolicy/inputs.js";

/**
 * The text that Pulumi keeps in state for every resource and runs to find its code, the same bytes for every program,
 * machine and version. It names the installed package instead of carrying code, so that a refresh or a destroy always
 * runs the handlers that are installed. See docs/decisions/0002-provider-text.md.
 */
export const providerText = (handler: string): string =>
  `exports.handler=()=>require("pulumi-entra-passkeys/handlers").${handler};`;

/** The key under which Pulumi's dynamic provider looks for that text. */
const PROVIDER_KEY = "__provider";

/** `T` with every value, at any depth, allowed to be an output of another resource. */
export type DeepInput<T> = pulumi.Input<
  T extends readonly (infer Item)[]
    ? readonly DeepInput<Item>[]
    : T extends object
      ? { [Key in keyof T]: DeepInput<T[Key]> }
      : T
>;

/** The arguments of a resource: its plain inputs with every value allowed to be an output. */
export type Arguments<T> = { [Key in keyof T]: DeepInput<T[Key]> };

/** The settings of the guard as arguments, for programs that give several resources the same. */
export type GuardArgs = Arguments<GuardSettings>;

/**
 * A resource whose handlers live in this package.
 *
 * `owner` tells handlers which resource they serve; Pulumi does not. It has the project and the stack in it, because two
 * stacks may use one name in the same tenant, and the type, because two resources may.
 */
export abstract class EntraResource extends pulumi.CustomResource {
  protected constructor(
    type: string,
    handler: string,
    name: string,
    args: object,
    outputs: readonly string[],
    options?: pulumi.CustomResourceOptions,
  ) {
    super(
      `pulumi-nodejs:dynamic/entra:${type}`,
      name,
      {
        ...Object.fromEntries(outputs.map((output) => [output, undefined])),
        ...args,
        owner: `${pulumi.getProject()}/${pulumi.getStack()}/${type === "PasskeyPolicy" ? name : `${type}::${name}`}`,
        [PROVIDER_KEY]: providerText(handler),
      },
      options,
    );
  }
}
