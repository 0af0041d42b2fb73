import type { AuthenticationStrength, ConditionalAccessPolicy, TemporaryAccessPassPolicy } from "./model.js";
import { readAuthenticationStrength, readConditionalAccessPolicy, readTemporaryAccessPassPolicy } from "./read.js";

/** What Graph answered; leave out what was not read. */
export interface AccessAnswers {
  readonly conditionalAccess?: readonly unknown[];
  readonly strengths?: readonly unknown[];
  readonly temporaryAccessPass?: unknown;
}

/** The documents beside the passkey policy; absent is unknown. */
export interface AccessDocuments {
  readonly conditionalAccess?: readonly ConditionalAccessPolicy[];
  readonly strengths?: readonly AuthenticationStrength[];
  readonly temporaryAccessPass?: TemporaryAccessPassPolicy;
}

/**
 * Reads the documents beside the passkey policy from Graph's JSON. Never throws: what cannot be read is unknown.
 *
 * @example
 * keyMatrix(normalizePolicy(policy), rows, keys, readAccess({ conditionalAccess, strengths }));
 */
export function readAccess({ conditionalAccess, strengths, temporaryAccessPass }: AccessAnswers): AccessDocuments {
  return {
    ...(conditionalAccess !== undefined && { conditionalAccess: conditionalAccess.map(readConditionalAccessPolicy) }),
    ...(strengths !== undefined && { strengths: strengths.map(readAuthenticationStrength) }),
    ...(temporaryAccessPass !== undefined && {
      temporaryAccessPass: readTemporaryAccessPassPolicy(temporaryAccessPass),
    }),
  };
}
