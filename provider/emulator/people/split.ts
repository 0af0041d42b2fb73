import type { User, UserInput } from "../directory/types.js";
import type { RegistrationsInput } from "./types.js";

/** A user of a seed or a test: members of the directory, and what the user has registered. */
export type PersonInput = UserInput & RegistrationsInput;

/** Changes of a user: members of the directory, and what the user has registered. */
export type PersonChanges = Partial<User> & RegistrationsInput;

/**
 * Parts a user of the directory from the registrations: the directory keeps members that it does not read and answers
 * them, and Graph has no such members of a user.
 */
export function splitPerson<T extends PersonInput | PersonChanges>(
  input: T,
): { user: Omit<T, keyof RegistrationsInput>; registrations: RegistrationsInput } {
  const { passkeys, methods, isAdmin, ...user } = input;
  return {
    user,
    registrations: {
      ...(passkeys === undefined ? {} : { passkeys }),
      ...(methods === undefined ? {} : { methods }),
      ...(isAdmin === undefined ? {} : { isAdmin }),
    },
  };
}
