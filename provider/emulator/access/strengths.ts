import { derivedGuid, isGuid, sameId } from "../guid.js";
import { DirectoryError } from "../directory/directory.js";
import { graphTime } from "../time.js";

/** Limits the AAGUIDs that satisfy the combination `fido2` of a custom strength. */
export interface CombinationConfiguration {
  "@odata.type": string;
  id: string;
  appliesToCombinations: string[];
  allowedAAGUIDs?: string[];
  [unread: string]: unknown;
}

/**
 * An authentication strength with Graph's members.
 *
 * @see https://learn.microsoft.com/graph/api/resources/authenticationstrengthpolicy
 */
export interface AuthenticationStrength {
  id: string;
  createdDateTime: string;
  modifiedDateTime: string;
  displayName: string;
  description: string;
  policyType: string;
  requirementsSatisfied: string;
  allowedCombinations: string[];
  combinationConfigurations: CombinationConfiguration[];
}

/** What a seed or a test says of a custom strength. */
export interface StrengthInput {
  /** Default: derived from the name. */
  id?: string;
  displayName: string;
  description?: string;
  /** Combinations such as `fido2` or `password,sms`. */
  allowedCombinations: string[];
  /** Short form of the one combination configuration that matters here: models that `fido2` is limited to. */
  allowedAaguids?: string[];
}

/** What a test changes of a custom strength. */
export type StrengthEdit = Partial<Omit<StrengthInput, "id">>;

/** Type of the configuration that limits the AAGUIDs. */
export const FIDO2_CONFIGURATION = "#microsoft.graph.fido2CombinationConfiguration";

const DATE = "2021-12-01T00:00:00Z";

function builtIn(digit: number, displayName: string, description: string, combinations: string[]) {
  return {
    id: `00000000-0000-0000-0000-00000000000${digit}`,
    createdDateTime: DATE,
    modifiedDateTime: DATE,
    displayName,
    description,
    policyType: "builtIn",
    requirementsSatisfied: "mfa",
    allowedCombinations: combinations,
    combinationConfigurations: [],
  };
}

const RESISTANT = ["windowsHelloForBusiness", "fido2", "x509CertificateMultiFactor"];
const PASSWORDLESS = [...RESISTANT, "deviceBasedPush"];
const FIRST_FACTORS = ["microsoftAuthenticatorPush", "softwareOath", "hardwareOath", "sms", "voice"];

/**
 * The strengths that every tenant has. Ids, names and combinations as in Graph docs.
 *
 * @see https://learn.microsoft.com/graph/api/authenticationstrengthroot-list-policies
 */
export const BUILT_IN_STRENGTHS: readonly AuthenticationStrength[] = [
  builtIn(2, "Multifactor authentication", "Methods that are strong together, such as a password and a text message", [
    ...PASSWORDLESS,
    "temporaryAccessPassOneTime",
    "temporaryAccessPassMultiUse",
    "password,microsoftAuthenticatorPush",
    "password,softwareOath",
    "password,hardwareOath",
    "password,x509CertificateSingleFactor",
    "password,x509CertificateMultiFactor",
    "password,sms",
    "password,voice",
    "federatedMultiFactor",
    ...FIRST_FACTORS.map((factor) => `${factor},federatedSingleFactor`),
  ]),
  builtIn(3, "Passwordless MFA", "Strong methods without a password", PASSWORDLESS),
  builtIn(4, "Phishing resistant MFA", "Strong methods that cannot be phished, such as a security key", RESISTANT),
];

/** The authentication strengths of one tenant. */
export class Strengths {
  #custom: AuthenticationStrength[] = [];

  /** @param tenantId derives the ids of strengths that are added without one */
  constructor(readonly tenantId: string) {}

  /** The built-in ones first. */
  get all(): readonly AuthenticationStrength[] {
    return [...BUILT_IN_STRENGTHS, ...this.#custom];
  }

  byId(id: string): AuthenticationStrength | undefined {
    return this.all.find((strength) => sameId(strength.id, id));
  }

  /**
   * By id or display name.
   *
   * @throws DirectoryError when there is none
   */
  find(idOrName: string): AuthenticationStrength {
    const found = this.byId(idOrName) ?? this.all.find(({ displayName }) => displayName === idOrName);
    if (found === undefined) {
      const known = this.all.map(({ displayName }) => displayName).join(", ");
      throw new DirectoryError(`there is no authentication strength "${idOrName}"; there are ${known}`);
    }
    return found;
  }

  /** @throws DirectoryError when the id or the name is taken, or an AAGUID is none */
  add(input: StrengthInput): AuthenticationStrength {
    const { displayName, description = "", allowedCombinations, allowedAaguids } = input;
    const id = input.id ?? derivedGuid(this.tenantId, "authenticationStrength", displayName);
    if (this.all.some((other) => sameId(other.id, id) || other.displayName === displayName)) {
      throw new DirectoryError(`authentication strength "${displayName}" exists already`);
    }
    const strength: AuthenticationStrength = {
      id,
      createdDateTime: DATE,
      modifiedDateTime: DATE,
      displayName,
      description,
      policyType: "custom",
      requirementsSatisfied: requirementsSatisfied(allowedCombinations),
      allowedCombinations: [...allowedCombinations],
      combinationConfigurations: limitedTo(id, allowedAaguids),
    };
    this.put(strength);
    return strength;
  }

  /**
   * Someone else edits a custom strength, without the checks of a request.
   *
   * @throws DirectoryError when there is no such custom strength, or an AAGUID is none
   */
  edit(idOrName: string, changes: StrengthEdit): AuthenticationStrength {
    const { allowedAaguids, ...rest } = structuredClone(changes);
    const before = this.#customOrFail(idOrName);
    const combinations = rest.allowedCombinations ?? before.allowedCombinations;
    const after: AuthenticationStrength = {
      ...before,
      ...rest,
      modifiedDateTime: graphTime(),
      requirementsSatisfied: requirementsSatisfied(combinations),
      ...(allowedAaguids === undefined ? {} : { combinationConfigurations: limitedTo(before.id, allowedAaguids) }),
    };
    this.put(after);
    return after;
  }

  /** Custom ones only, oldest first. */
  get custom(): readonly AuthenticationStrength[] {
    return this.#custom;
  }

  /** Adds a custom strength, or replaces the one that has its id. */
  put(strength: AuthenticationStrength): void {
    const known = this.#custom.some(({ id }) => id === strength.id);
    this.#custom = known
      ? this.#custom.map((other) => (other.id === strength.id ? strength : other))
      : [...this.#custom, strength];
  }

  /** @throws DirectoryError when there is no such custom strength */
  remove(idOrName: string): void {
    const found = this.#customOrFail(idOrName);
    this.#custom = this.#custom.filter((other) => other !== found);
  }

  #customOrFail(idOrName: string): AuthenticationStrength {
    const found = this.find(idOrName);
    if (found.policyType === "builtIn") {
      throw new DirectoryError(`authentication strength "${found.displayName}" is built in`);
    }
    return found;
  }
}

/** Whether satisfying one of the combinations always is multifactor authentication, as the built-in strength has it. */
export function requirementsSatisfied(combinations: readonly string[]): "mfa" | "none" {
  const multifactor = BUILT_IN_STRENGTHS[0]?.allowedCombinations.map(canonical) ?? [];
  return combinations.every((combination) => multifactor.includes(canonical(combination))) ? "mfa" : "none";
}

/** One form for a combination, whatever the order and spaces of its methods: Graph's samples have both. */
export function canonical(combination: string): string {
  return combination
    .split(",")
    .map((mode) => mode.trim())
    .sort()
    .join(",");
}

function limitedTo(strengthId: string, aaguids: string[] | undefined): CombinationConfiguration[] {
  if (aaguids === undefined) {
    return [];
  }
  const bad = aaguids.find((aaguid) => !isGuid(aaguid));
  if (bad !== undefined) {
    throw new DirectoryError(`"${bad}" is no AAGUID`);
  }
  return [
    {
      "@odata.type": FIDO2_CONFIGURATION,
      id: derivedGuid(strengthId, "fido2"),
      appliesToCombinations: ["fido2"],
      allowedAAGUIDs: [...aaguids],
    },
  ];
}
