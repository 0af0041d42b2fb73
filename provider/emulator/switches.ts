import { accessSwitches } from "./switches-access.js";
import { peopleSwitches } from "./switches-people.js";
import { amount, choice, type Choice } from "./switch.js";

/**
 * Where nobody has written down or seen what Microsoft Graph does, the emulator does not guess in silence: every such
 * question is a switch, with the fact that is known, the default and what stays open. Tests run the provider with both
 * answers, because one of them will turn out to be the wrong guess.
 *
 * The names of the sources: "Entra docs" and "Graph docs" are Microsoft's published pages, "CSDL" is the metadata that
 * Graph publishes, "live capture" is a GET of a tenant in profile mode that a third party published in July 2026.
 */

/** Every switch: its answers (the first is the default), the question behind it and what is known. */
export const switchCatalogue = {
  // Key restrictions.
  listWhileNotEnforced: choice(
    ["accepted", "refused", "dropped"],
    "May AAGUIDs be added to a list whose isEnforced is not true after the write? dropped = 204, the list stays as it was.",
    "The admin centre asks for enforcement before Microsoft Authenticator can be listed (Entra docs); Graph documents no such rule and a list stored with enforcement off has been seen (live capture). How it got there is unknown.",
  ),
  partialKeyRestrictions: choice(
    ["merge", "replace", "refused"],
    "What does a keyRestrictions object do that lacks members? replace = missing members become null, the list [].",
    "OData would merge a complex type; Graph docs always send all three members. Never seen.",
  ),
  emptyAllowList: choice(
    ["accepted", "refused"],
    "Is an enforced allow list without any AAGUID stored, which locks everyone out?",
    "Other tools refuse to send it; what Graph says is unknown.",
  ),
  malformedAaguid: choice(
    ["refused", "accepted"],
    "Is an AAGUID that is no GUID refused?",
    "CSDL types aaGuids as strings, so only the service itself can refuse one. Unknown.",
  ),
  aaguidCase: choice(
    ["verbatim", "lowered"],
    "Does the service change the case of AAGUIDs?",
    "Order and duplicates are kept verbatim (live capture); case was never tried.",
  ),

  // Profiles.
  bothDialects: choice(
    ["legacyWins", "profilesWin"],
    "In profile mode one PATCH carries the legacy fields and passkeyProfiles, and they disagree: which is stored?",
    "Undocumented; a sample in Graph docs sends both with different values. A third-party report of edits that were lost fits legacyWins.",
  ),
  profilesInLegacyMode: choice(
    ["refused", "ignored", "optsIn"],
    "What does passkeyProfiles in a PATCH do in a tenant that has not opted in to profiles?",
    "The opt-in is a banner in the admin centre and cannot be undone (Entra docs). Whether a PATCH opts in is unknown.",
  ),
  emptyProfilesInProfileMode: choice(
    ["refused", "ignored", "destructive"],
    "What does passkeyProfiles: [] do in profile mode? destructive = every profile but the default goes, with what targets say of them.",
    "Arrays are whole replacements, the default profile cannot be deleted (Entra docs). The two together are undocumented.",
  ),
  emptyAllowedProfiles: choice(
    ["refused", "stored", "defaultProfile"],
    "What does an include target without allowedPasskeyProfiles, or with [], do in profile mode?",
    "Graph docs call the member required; tools from before profiles do not send it. Unknown.",
  ),
  partialProfile: choice(
    ["refused", "merge", "replace"],
    "What does a profile do that lacks members? merge = the stored profile fills them, replace = they become null.",
    "Graph docs mark every member of passkeyProfile as required; what an omission does was never seen.",
  ),
  profileIdMissing: choice(
    ["refused", "generated"],
    "Does the service make an id for a new profile without one?",
    "Graph docs mark id as required. Unknown.",
  ),
  untargetAndRemoveInOnePatch: choice(
    ["accepted", "refused"],
    "May one PATCH remove a profile and the last reference to it together?",
    "A profile can be deleted only when no include target refers to it (Entra docs). Whether one PATCH may do both is unknown.",
  ),
  legacyAttestationWrite: choice(
    ["attestationOnly", "passkeyTypesToo"],
    "Does writing isAttestationEnforced in profile mode also change the default profile's passkeyTypes?",
    "The migration ties the two (on = deviceBound, off = deviceBound,synced); an attested default profile with both types has been seen (live capture). A later legacy write was not.",
  ),
  passkeyTypesOrder: choice(
    ["canonical", "verbatim"],
    "Is the flags string answered in the order of the enum, or as it was sent?",
    "CSDL makes it a flags enum, which serialises in numeric order; never tried.",
  ),
  writtenDefaultProfile: choice(
    ["ignored", "refused"],
    "What does another value for defaultPasskeyProfile in a PATCH do?",
    "Taken to be read-only; no page says so.",
  ),
  profileLimit: amount(
    3,
    1,
    "How many profiles may a tenant have, the default one included?",
    "Entra docs say 3 and that more is in development.",
  ),

  // Targets.
  unknownGroup: choice(
    ["refused", "refusedWhenAdded", "accepted"],
    "Is a target refused whose group or user does not exist? refusedWhenAdded = only when the policy did not have it yet.",
    "No page says what happens, nor whether targets that were deleted later may be sent again.",
  ),
  nonSecurityGroup: choice(
    ["refused", "accepted"],
    "Is a target refused that is no security group?",
    "Entra docs: only security groups can be targeted. That the API enforces it is assumed.",
  ),
  deletedGroupTargets: choice(
    ["kept", "removed"],
    "Does deleting a group take its targets out of the policy?",
    "Unknown.",
  ),
  targetTypeAnnotation: choice(
    ["optional", "required"],
    "Must a target carry @odata.type passkeyAuthenticationMethodTarget to have allowedPasskeyProfiles?",
    "In the CSDL of the US government clouds includeTargets has the base type, which calls for it; elsewhere it does not.",
  ),

  // The policy as a whole.
  policySizeLimitBytes: amount(
    20_480,
    1,
    "How large may the policy be, in bytes of compact JSON of the GET?",
    "Entra docs: 20 KB. Whether that is 20,000 or 20,480 bytes, and compact or indented JSON, is unknown.",
  ),
  policySizeScope: choice(
    ["fido2Policy", "authenticationMethodsPolicy"],
    "What is measured: the Passkey (FIDO2) policy or the whole authentication methods policy?",
    "A newer Entra page says the one, an older page the other.",
  ),
  unknownProperties: choice(
    ["refused", "ignored", "stored"],
    "What does a property do in a POST or a PATCH that its resource does not have?",
    "OData refuses undeclared properties; not seen for these objects. Unread members inside objects, such as profiles, targets and conditions, are always stored.",
  ),
  legacyFieldsAfterRetirement: choice(
    ["ignored", "refused"],
    "What does a PATCH of the legacy fields do once they are retired?",
    "From mid-October 2027 they stop returning data (CSDL, message centre). Nothing is said of writes.",
  ),
  deleteAfterOptIn: choice(
    ["resetsDefaultProfile", "keepsProfiles", "refused"],
    "What does DELETE do in profile mode? resetsDefaultProfile = other profiles go, the default one is as new.",
    "Graph docs: DELETE reverts the policy to its default configuration. The opt-in cannot be undone; the rest is unknown.",
  ),
  stateAfterDelete: choice(
    ["disabled", "enabled"],
    "Which state does the default configuration have?",
    "Samples in Graph docs show disabled; no page names the default.",
  ),
  missingPolicy: choice(
    ["404", "400"],
    "How is the policy answered in a cloud that does not have it?",
    "The CSDL of the cloud in China has no fido2AuthenticationMethodConfiguration. The answer is unknown.",
  ),
  validationErrorCode: choice(
    ["badRequest", "Request_BadRequest"],
    "Which error code does a refused PATCH of the policy have?",
    "Only the prefix of the message is published, for another method. Do not match on either.",
  ),
  policyReadAll: choice(
    ["refused", "accepted"],
    "May Policy.Read.All read the policy?",
    "Older Graph docs name it, today's name Policy.Read.AuthenticationMethod.",
  ),

  // Directory, batches and tokens.
  transitiveCastNeedsEventual: choice(
    ["required", "optional"],
    "Does transitiveMembers/microsoft.graph.user need ConsistencyLevel: eventual and $count=true?",
    "Graph docs list OData casts of transitive members under advanced queries only; scripts without them are common.",
  ),
  filterClauseLimit: amount(
    15,
    1,
    "How many values may $filter join with in or or, without ConsistencyLevel: eventual?",
    "The service answers 400 'Max allowed: 15' (seen by many); no page gives the number.",
  ),
  pageSize: amount(100, 1, "How many objects has a page without $top?", "Graph docs: 100, at most 999 with $top."),
  batchResponseOrder: choice(
    ["asSent", "reversed"],
    "In which order does $batch answer?",
    "Graph docs: responses may be in another order than the requests.",
  ),
  tokenLifetimeSeconds: amount(3599, 1, "How long is a token valid?", "Entra answers 3599 unless configured."),

  // People, their registrations, Conditional Access.
  ...peopleSwitches,

  // Authentication strengths, Temporary Access Pass, Conditional Access that is written.
  ...accessSwitches,
} as const;

type Catalogue = typeof switchCatalogue;

/** Name of a switch. */
export type SwitchName = keyof Catalogue;

/** One value for each switch of {@link switchCatalogue}. */
export type Switches = {
  -readonly [K in SwitchName]: Catalogue[K] extends Choice<infer V> ? V : number;
};

/** An unknown switch, or a value that the switch does not have. */
export class SwitchError extends Error {
  override readonly name = "SwitchError";
}

/** All names, in the order of the catalogue. */
export const switchNames = Object.keys(switchCatalogue) as SwitchName[];

/** The default of every switch. */
export function defaultSwitches(): Switches {
  const entries = switchNames.map((name) => [name, defaultOf(switchCatalogue[name])]);
  return Object.fromEntries(entries) as Switches;
}

/** The default of one entry of {@link switchCatalogue}. */
export function defaultOf(entry: Catalogue[SwitchName]): string | number {
  return entry.values === "number" ? entry.default : entry.values[0];
}

/**
 * Checks switches that come from a file, a command line or HTTP. Numbers may be given as text.
 *
 * @throws SwitchError naming the switch and what it can be
 */
export function parseSwitches(values: Record<string, unknown>): Partial<Switches> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, parseSwitch(name, value)]));
}

function parseSwitch(name: string, value: unknown): string | number {
  if (!isSwitchName(name)) {
    throw new SwitchError(`unknown switch "${name}"; there are ${switchNames.join(", ")}`);
  }
  const entry = switchCatalogue[name];
  if (entry.values === "number") {
    const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
    if (typeof number !== "number" || !Number.isInteger(number) || number < entry.least) {
      throw new SwitchError(
        `switch ${name} wants a whole number of at least ${entry.least}, got ${JSON.stringify(value)}`,
      );
    }
    return number;
  }
  const values: readonly string[] = entry.values;
  if (typeof value !== "string" || !values.includes(value)) {
    throw new SwitchError(`switch ${name} wants one of ${values.join(", ")}, got ${JSON.stringify(value)}`);
  }
  return value;
}

function isSwitchName(name: string): name is SwitchName {
  return Object.hasOwn(switchCatalogue, name);
}
