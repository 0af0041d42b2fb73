import { GraphHttpError, PERSISTENCE_PREFIX } from "../errors.js";
import { unreadMembers } from "../fido2/annotations.js";
import { checkTarget, writeExcludeTargets, type TargetLookup } from "../fido2/targets.js";
import { ALL_USERS, type ExcludeTarget } from "../fido2/types.js";
import { sameId } from "../guid.js";
import type { JsonObject } from "../http/body.js";
import {
  boolean,
  integer,
  list,
  members,
  openEnum,
  orBadRequest,
  readProperties,
  string,
  type Reader,
} from "../readers.js";
import type { Switches } from "../switches.js";
import { storedUnknown } from "../unknown-properties.js";
import type { MethodTarget } from "./configurations.js";
import type { MethodSample } from "./samples.js";

const TYPE = "#microsoft.graph.temporaryAccessPassAuthenticationMethodConfiguration";

/**
 * Limits of the numbers, both ends included.
 *
 * @see https://learn.microsoft.com/graph/api/resources/temporaryaccesspassauthenticationmethodconfiguration
 */
const RANGES = {
  defaultLength: [8, 48],
  minimumLifetimeInMinutes: [10, 43_200],
  maximumLifetimeInMinutes: [10, 43_200],
} as const;

interface Sent extends JsonObject {
  defaultLifetimeInMinutes?: number;
  includeTargets?: MethodTarget[];
  excludeTargets?: ExcludeTarget[];
}

/** The configuration of Temporary Access Pass as it is stored. */
interface TemporaryAccessPass extends MethodSample {
  defaultLifetimeInMinutes: number;
  minimumLifetimeInMinutes: number;
  maximumLifetimeInMinutes: number;
  includeTargets: MethodTarget[];
  excludeTargets: ExcludeTarget[];
}

/**
 * Applies a PATCH: properties that are not sent keep their values, arrays are replaced whole.
 *
 * @returns the configuration to store
 * @throws GraphHttpError with status 400, and nothing is stored
 */
export function patchTemporaryAccessPass(
  stored: MethodSample,
  body: unknown,
  context: { switches: Switches; directory: TargetLookup },
): MethodSample {
  const { switches, directory } = context;
  const before = stored as TemporaryAccessPass;
  const refuse = (message: string): never => {
    throw new GraphHttpError(400, switches.validationErrorCode, PERSISTENCE_PREFIX + message);
  };
  const read = orBadRequest(() => readProperties(body, TYPE, READERS));
  const { sent, unknown }: { sent: Sent; unknown: JsonObject } = read;
  const more = storedUnknown(unknown, switches);
  const { includeTargets, excludeTargets, ...values } = sent;
  const after: TemporaryAccessPass = {
    ...before,
    ...values,
    ...more,
    ...(excludeTargets === undefined
      ? {}
      : { excludeTargets: writeExcludeTargets(before, excludeTargets, directory, switches, refuse) }),
  };
  if (includeTargets !== undefined) {
    after.includeTargets = includeTargets.map((target, index) => {
      const { id, targetType = "group", isRegistrationRequired = false } = target;
      if (id !== ALL_USERS) {
        const known = before.includeTargets.some((other) => sameId(other.id, id));
        checkTarget({ id, targetType }, `includeTargets[${index}]`, known, directory, switches, refuse);
      }
      return { targetType, id, isRegistrationRequired, ...unreadMembers(target, ["targetType", "id"]) };
    });
  }
  const { minimumLifetimeInMinutes: least, maximumLifetimeInMinutes: most } = after;
  if (sent.defaultLifetimeInMinutes === undefined && switches.passDefaultOutside === "moved" && least <= most) {
    after.defaultLifetimeInMinutes = Math.min(Math.max(after.defaultLifetimeInMinutes, least), most);
  }
  checkNumbers(after, refuse);
  return after;
}

function checkNumbers(after: TemporaryAccessPass, refuse: (message: string) => never): void {
  for (const [name, [least, most]] of Object.entries(RANGES)) {
    const value = Number(after[name]);
    if (value < least || value > most) {
      refuse(`${name} has to be from ${least} to ${most}, got ${value}`);
    }
  }
  const { defaultLifetimeInMinutes: value, minimumLifetimeInMinutes, maximumLifetimeInMinutes } = after;
  if (value < minimumLifetimeInMinutes || value > maximumLifetimeInMinutes) {
    refuse(
      `defaultLifetimeInMinutes has to be from minimumLifetimeInMinutes ${minimumLifetimeInMinutes} to maximumLifetimeInMinutes ${maximumLifetimeInMinutes}, got ${value}`,
    );
  }
}

const targetType: Reader = (value, at) => openEnum(value, at, ["user", "group"], "");

const READERS: Record<string, Reader> = {
  state: (value, at) => openEnum(value, at, ["enabled", "disabled"], ""),
  defaultLifetimeInMinutes: integer,
  defaultLength: integer,
  minimumLifetimeInMinutes: integer,
  maximumLifetimeInMinutes: integer,
  isUsableOnce: boolean,
  includeTargets: list((value, at) =>
    members(value, at, { targetType, id: string, isRegistrationRequired: boolean }, ["targetType", "id"]),
  ),
  excludeTargets: list((value, at) => members(value, at, { targetType, id: string }, ["targetType", "id"])),
};
