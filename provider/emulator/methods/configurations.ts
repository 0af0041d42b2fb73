import { DirectoryError, type Directory } from "../directory/directory.js";
import { isGuid, sameId } from "../guid.js";
import { OTHER_METHODS, type MethodSample } from "./samples.js";

/** A target of a method other than FIDO2; further members are those of the method. */
export interface MethodTarget {
  /** Object id or `all_users`; where a test or a seed says it, also the display name of a group. */
  id: string;
  /** Default `group`. */
  targetType?: string;
  [more: string]: unknown;
}

/** What a seed or a test sets of a method's configuration; lists are replaced whole. */
export interface MethodEdit {
  /** `enabled` or `disabled`. */
  state?: string;
  includeTargets?: MethodTarget[];
  excludeTargets?: MethodTarget[];
  [more: string]: unknown;
}

/** The configurations of one tenant's methods other than FIDO2. */
export class MethodConfigurations {
  #all: readonly MethodSample[] = OTHER_METHODS;
  #revision = 0;

  constructor(readonly directory: Directory) {}

  /** In the order in which they are answered. */
  get all(): readonly MethodSample[] {
    return this.#all;
  }

  /** Goes up with every change. */
  get revision(): number {
    return this.#revision;
  }

  /** By id, in any letter case. */
  find(id: string): MethodSample | undefined {
    return this.#all.find((method) => sameId(method.id, id));
  }

  /** @throws DirectoryError when there is no such method */
  get(id: string): MethodSample {
    const found = this.find(id);
    if (found === undefined) {
      const known = this.#all.map((method) => method.id).join(", ");
      throw new DirectoryError(`there is no authentication method "${id}"; there are ${known}`);
    }
    return found;
  }

  /** @throws DirectoryError when there is no such method, or a target's group does not exist */
  set(id: string, edit: MethodEdit): MethodSample {
    const before = this.get(id);
    const { includeTargets, excludeTargets, ...more } = structuredClone(edit);
    const after: MethodSample = {
      ...before,
      ...more,
      id: before.id,
      ...(excludeTargets === undefined ? {} : { excludeTargets: excludeTargets.map((target) => this.#target(target)) }),
      ...(includeTargets === undefined
        ? {}
        : { includeTargets: includeTargets.map((target) => this.#target(target, { isRegistrationRequired: false })) }),
    };
    this.put(after);
    return after;
  }

  /** Stores a configuration in the place of the one that has its id. */
  put(after: MethodSample): void {
    this.#all = this.#all.map((method) => (method.id === after.id ? after : method));
    this.#revision++;
  }

  #target(target: MethodTarget, defaults: object = {}): MethodTarget {
    const { id, targetType = "group", ...more } = target;
    // Ids are taken as they are: a policy may name a group that is gone.
    const known = id === "all_users" || isGuid(id);
    return { targetType, id: known ? id : this.directory.findGroup(id).id, ...defaults, ...more };
  }
}
