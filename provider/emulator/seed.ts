import { readFileSync } from "node:fs";
import type { ConditionalAccessInput } from "./access/policies.js";
import type { StrengthInput } from "./access/strengths.js";
import type { GroupInput } from "./directory/types.js";
import type { IncludeTarget, KeyRestrictions, PasskeyProfile } from "./fido2/types.js";
import { isGuid } from "./guid.js";
import type { MethodEdit } from "./methods/configurations.js";
import type { PersonInput } from "./people/split.js";
import * as schema from "./schema.js";
import { conditionalAccess, method, strength, user } from "./seed-people.js";
import { seeds, type SeedName } from "./seeds/index.js";
import { parseSwitches, type Switches } from "./switches.js";
import type { Cloud, Licence, Secrets } from "./tenant-handle.js";

/** What the emulator starts from: a JSON file of this shape, or an object. */
export interface Seed {
  /** At least one. */
  tenants: TenantSeed[];
  /** Answers of open questions for all tenants. */
  switches?: Partial<Switches>;
}

/** One tenant of a seed. Ids that are absent are derived from the names and stay the same from run to run. */
export interface TenantSeed {
  /** GUID. */
  id: string;
  displayName: string;
  /** Domain of the user principal names. Default: made from the display name, under `.example`. */
  domain?: string;
  /** Whether the tenant has opted in to passkey profiles. */
  mode: "legacy" | "profiles";
  /** Default `global`; in `china` the policy does not exist. */
  cloud?: Cloud;
  /** Default `p1`. */
  licence?: Licence;
  /** What differs from the default configuration; targets may name groups by display name. */
  policy?: PolicySeed;
  /** What differs from the default configuration of methods other than FIDO2, by Graph's id, for example `Sms`. */
  methods?: Record<string, MethodEdit>;
  /** Custom authentication strengths; the built-in ones are always there. */
  authenticationStrengths?: StrengthInput[];
  /** Conditional Access policies. */
  conditionalAccess?: ConditionalAccessInput[];
  groups?: GroupInput[];
  /** With what they have registered; that is no part of the user that Graph answers. */
  users?: PersonInput[];
  /** Members (id, user principal name, or display name of a group) by group (id or display name). */
  memberships?: Record<string, string[]>;
  /**
   * Secrets by client id, one or all that are valid at the same time. When absent, any client with any secret that is not
   * empty is let in.
   */
  secrets?: Secrets;
  /** Application permissions in the tokens. Default: all that the emulator checks for. */
  permissions?: string[];
  /** Answers of open questions for this tenant. */
  switches?: Partial<Switches>;
}

/** The policy in a seed: Graph's members; of targets only what matters has to be said. */
export interface PolicySeed {
  state?: string | null;
  isSelfServiceRegistrationAllowed?: boolean | null;
  isAttestationEnforced?: boolean | null;
  keyRestrictions?: KeyRestrictions | null;
  defaultPasskeyProfile?: string | null;
  includeTargets?: (Partial<IncludeTarget> & { id: string })[];
  excludeTargets?: { id: string; targetType?: string }[];
  /** Without it, a tenant in profile mode has the default profile that the migration makes. */
  passkeyProfiles?: PasskeyProfile[];
  [unread: string]: unknown;
}

const { object, openObject, array, record, text, flag, oneOf, orNull, where, anything } = schema;

const guid = where("a GUID", isGuid);
const id = text;
const list = array(text);
const keyRestrictions = orNull(
  openObject({}, { isEnforced: orNull(flag), enforcementType: orNull(text), aaGuids: list }),
);

const policy = openObject(
  {},
  {
    state: orNull(text),
    isSelfServiceRegistrationAllowed: orNull(flag),
    isAttestationEnforced: orNull(flag),
    keyRestrictions,
    defaultPasskeyProfile: orNull(guid),
    includeTargets: array(
      openObject({ id }, { targetType: text, isRegistrationRequired: flag, allowedPasskeyProfiles: array(guid) }),
    ),
    excludeTargets: array(openObject({ id }, { targetType: text })),
    passkeyProfiles: array(
      openObject({ id: guid, name: text, passkeyTypes: text, attestationEnforcement: text, keyRestrictions }),
    ),
  },
);

const switches: schema.Check = (value, path, problems) => {
  for (const [name, answer] of Object.entries((value ?? {}) as object)) {
    try {
      parseSwitches({ [name]: answer });
    } catch (error) {
      problems.push(`${path}.${name}: ${(error as Error).message}`);
    }
  }
};

const tenant = object(
  { id: guid, displayName: text, mode: oneOf("legacy", "profiles") },
  {
    domain: text,
    cloud: oneOf("global", "usGov", "china"),
    licence: oneOf("free", "p1", "p2"),
    policy,
    groups: array(
      openObject({ displayName: text }, { id: guid, securityEnabled: flag, mailEnabled: flag, groupTypes: list }),
    ),
    users: array(user),
    methods: record(method),
    authenticationStrengths: array(strength),
    conditionalAccess: array(conditionalAccess),
    memberships: record(list),
    secrets: record(schema.either("a secret or a list of them", text, array(text, 1))),
    permissions: list,
    switches,
  },
);

/** `$schema` is allowed for editors. */
const seedSchema = object({ tenants: array(tenant, 1) }, { switches, $schema: anything });

/** A seed that cannot be read at all; what is wrong inside one is a SchemaError. */
export class SeedError extends Error {
  override readonly name = "SeedError";
}

/**
 * Checks a seed's shape.
 *
 * @throws SchemaError naming every place that is wrong
 */
export function checkSeed(value: unknown, what = "the seed"): Seed {
  const seed = schema.checked<Seed>(value, seedSchema, what);
  const ids = seed.tenants.map((entry) => entry.id.toLowerCase());
  const twice = ids.findIndex((entry, index) => ids.indexOf(entry) !== index);
  if (twice >= 0) {
    throw new schema.SchemaError(what, [`tenants[${twice}].id: ${ids[twice]} is the id of another tenant too`]);
  }
  return seed;
}

/** Whether a seed of this name comes with the emulator. */
export function isSeedName(name: string): name is SeedName {
  return Object.hasOwn(seeds, name);
}

/**
 * Finds a seed: an object, the name of one that comes with the emulator, or the path of a JSON file.
 *
 * @throws SeedError when the file cannot be read or is no JSON
 * @throws SchemaError when the content is not a seed
 */
export function readSeed(seed: Seed | string): Seed {
  if (typeof seed !== "string") {
    return checkSeed(seed);
  }
  if (isSeedName(seed)) {
    return checkSeed(seeds[seed], seed);
  }
  let content: string;
  try {
    content = readFileSync(seed, "utf8");
  } catch (cause) {
    const names = Object.keys(seeds).join(", ");
    throw new SeedError(`cannot read the seed ${seed}: it is no file, and none of ${names}`, { cause });
  }
  try {
    return checkSeed(JSON.parse(content), seed);
  } catch (cause) {
    throw cause instanceof SyntaxError ? new SeedError(`${seed} is no JSON: ${cause.message}`, { cause }) : cause;
  }
}
