import { load } from "./load.js";
import {
  CERTIFICATION_LEVELS,
  type AuthenticatorModel,
  type CertificationLevel,
  type ModelKind,
  type StatusReport,
  type Transport,
} from "./model.js";

/** Conditions on a model. Each one narrows the selection; a condition that is absent does not ask anything. */
export interface ModelSelector {
  /** Case does not matter. See {@link listVendors}. */
  vendor?: string;
  /**
   * All of these, not any of them: `["usb", "nfc"]` is a key that works on a computer without a reader and on a tap
   * reader. For "one or the other" use two selectors. A model whose transports are not known never matches.
   */
  transports?: readonly Transport[];
  /** `true`: only models that read a fingerprint or the like; `false`: only models that ask for a PIN. */
  biometric?: boolean;
  /** `true`: certified at all; a level: at least that level. */
  certified?: boolean | CertificationLevel;
  /** `true`: only models that are known as FIPS models; `false`: only others. */
  fips?: boolean;
  /** @default "securityKey", so that a selection by capability never lets a phone app or a laptop in */
  kind?: ModelKind;
  /**
   * `true`: only models that can be registered where attestation is enforced; `false`: these and the others.
   * @default true
   */
  entraEligible?: boolean;
  /** The most models that the selection may have; more of them is a {@link SelectorTooWideError}. */
  max?: number;
}

/**
 * A selector matches more models than its `max`. The list is not cut, because a cut list changes with every edition of
 * the catalogue, and a model that falls out of an allow list locks its holders out.
 */
export class SelectorTooWideError extends Error {
  override readonly name = "SelectorTooWideError";

  constructor(
    readonly matches: number,
    readonly max: number,
  ) {
    super(
      `The selector matches ${matches} models, but max is ${max}. Narrow it by vendor, transports, biometric, ` +
        `certified or fips, or raise max.`,
    );
  }
}

/** No model meets a selector's conditions. */
export class NothingSelectedError extends Error {
  override readonly name = "NothingSelectedError";

  constructor(readonly selector: ModelSelector) {
    super(
      `The selector ${JSON.stringify(selector)} matches no model. Leave a condition out; entra-passkeys aaguid takes ` +
        "the same ones and shows what there is.",
    );
  }
}

const COMPROMISED = new Set([
  "REVOKED",
  "USER_VERIFICATION_BYPASS",
  "ATTESTATION_KEY_COMPROMISE",
  "USER_KEY_REMOTE_COMPROMISE",
  "USER_KEY_PHYSICAL_COMPROMISE",
]);

/**
 * Whether the FIDO Alliance revoked the model or reported it as compromised, whatever came later.
 *
 * @see https://fidoalliance.org/specs/mds/fido-metadata-service-v3.0-ps-20210518.html#authenticatorstatus-enum
 */
export function isCompromised(model: AuthenticatorModel): boolean {
  return compromises(model).length > 0;
}

/** The reports for which a model {@link isCompromised}, the newest first. */
export function compromises(model: AuthenticatorModel): StatusReport[] {
  return model.status
    .filter(({ status }) => COMPROMISED.has(status))
    .sort((a, b) => (a.effectiveDate < b.effectiveDate ? 1 : -1));
}

/**
 * The models that meet every condition, sorted by name, then by AAGUID. Samples, conformance tests and pre-production
 * units are never among them, nor are models that are {@link isCompromised}.
 *
 * @throws SelectorTooWideError where there are more than `max`.
 * @throws RangeError for a `max` that is not a whole number from 1, or a certification level that does not exist.
 */
export function selectModels(selector: ModelSelector): AuthenticatorModel[] {
  const { kind = "securityKey", entraEligible = true, max } = selector;
  if (max !== undefined && (!Number.isInteger(max) || max < 1)) throw new RangeError("max is a whole number from 1");
  const conditions: ((model: AuthenticatorModel) => boolean)[] = [
    (model) => !model.sample && !isCompromised(model),
    (model) => model.kind === kind,
    (model) => model.entraEligible || !entraEligible,
    ...vendorCondition(selector.vendor),
    ...certificationCondition(selector.certified),
    ...(selector.transports ?? []).map(
      (transport) => (model: AuthenticatorModel) => model.transports.includes(transport),
    ),
  ];
  const { biometric, fips } = selector;
  if (biometric !== undefined) conditions.push((model) => model.biometric === biometric);
  if (fips !== undefined) conditions.push((model) => (model.fips ?? false) === fips);
  const models = load().models.filter((model) => conditions.every((holds) => holds(model)));
  if (max !== undefined && models.length > max) throw new SelectorTooWideError(models.length, max);
  return models;
}

/**
 * The AAGUIDs of {@link selectModels}, lower case and sorted: a list to pin in a program. Run again with another edition
 * of the catalogue it may give another list, which Pulumi then shows as a change of the property.
 *
 * @throws NothingSelectedError where no model meets the conditions, because an empty list lets nothing or everything in.
 * @throws SelectorTooWideError where there are more than `max`.
 * @throws RangeError as {@link selectModels}.
 * @example
 * keyRestrictions: {
 *   isEnforced: true,
 *   enforcementType: "allow",
 *   models: select({ vendor: "Yubico", transports: ["nfc"], certified: "L2", fips: true }),
 * }
 */
export function select(selector: ModelSelector): string[] {
  const models = selectModels(selector);
  if (models.length === 0) throw new NothingSelectedError(selector);
  return models.map(({ aaguid }) => aaguid).sort();
}

/** Every vendor of the catalogue, sorted. */
export function listVendors(): string[] {
  return [...new Set(load().models.flatMap(({ vendor }) => vendor ?? []))].sort();
}

function vendorCondition(vendor: string | undefined) {
  if (vendor === undefined) return [];
  const wanted = vendor.trim().toLowerCase();
  return [(model: AuthenticatorModel) => model.vendor?.toLowerCase() === wanted];
}

function certificationCondition(certified: boolean | CertificationLevel | undefined) {
  if (certified === undefined) return [];
  if (typeof certified === "boolean") {
    return [(model: AuthenticatorModel) => model.certification.certified === certified];
  }
  const lowest = CERTIFICATION_LEVELS.indexOf(certified);
  if (lowest < 0) throw new RangeError(`certified is a boolean or one of ${CERTIFICATION_LEVELS.join(", ")}`);
  return [
    ({ certification: { level } }: AuthenticatorModel) =>
      level !== undefined && CERTIFICATION_LEVELS.indexOf(level) >= lowest,
  ];
}
