import { findModel, MICROSOFT_AUTHENTICATOR_AAGUIDS, resolveModel } from "../../provider/dist/catalogue/index.js";
import {
  readAccess,
  type AccessDocuments,
  type MatrixKey,
  type MatrixRow,
} from "../../provider/dist/policy/access/index.js";
import { seeds, type Seed, type TenantHandle } from "../../provider/dist/emulator/index.js";

/** One run of the demo: an example, and what happens around it. */
export interface Scene {
  /** Folder of the example below `examples/`. */
  readonly example: string;
  /** The project's folder: the root project is the repository's own. */
  readonly root?: true;
  readonly title: string;
  readonly config: Readonly<Record<string, string>>;
  /** Whom the first plan would strand, by name, and the model that they register then. */
  readonly stranded?: { readonly person: string; readonly model: string };
  /** A configuration that is refused, and what the refusal says. */
  readonly refused?: { readonly key: string; readonly value: string; readonly says: RegExp };
  /** The profile in which somebody else lists Microsoft Authenticator. */
  readonly drift: string;
}

const EMERGENCY = { breakGlassGroup: "Break-glass", protect: "false" };

export const SCENES: Readonly<Record<string, Scene>> = {
  all: {
    example: "all-personas",
    root: true,
    title: "pupils, nurses, administrators and everyone else in one tenant",
    config: {
      ...EMERGENCY,
      studentsGroup: "Students",
      nursesGroup: "Nurses",
      adminsGroup: "Administrators",
      everyoneElseGroup: "Everyone else",
    },
    stranded: { person: "Ben Okoye", model: "Security Key NFC by Yubico" },
    drift: "Students",
  },
  student: {
    example: "student",
    title: "security keys for pupils",
    config: { ...EMERGENCY, studentsGroup: "Students" },
    stranded: { person: "Ben Okoye", model: "Security Key NFC by Yubico" },
    drift: "Students",
  },
  healthcare: {
    example: "healthcare",
    title: "keys for nurses at shared workstations",
    config: { ...EMERGENCY, nursesGroup: "Nurses", officeGroup: "Everyone else" },
    stranded: { person: "Noor Haddad", model: "YubiKey 5 FIPS Series with NFC" },
    drift: "Nurses",
  },
  "admin-paw": {
    example: "admin-paw",
    title: "named hardware keys for administrators",
    config: { ...EMERGENCY, adminsGroup: "Administrators" },
    refused: { key: "pawRule", value: 'device.extensionAttribute1 -ne "PAW"', says: /PAW/ },
    drift: "Administrators",
  },
};

const GROUPS = ["Students", "Nurses", "Administrators", "Everyone else", "Break-glass"];

/**
 * The tenant of a scene, right after its migration to passkey profiles. For one persona alone `all_users` has been
 * replaced by groups already, because nobody but the root project stands in for everyone else.
 */
export function seedOf(scene: Scene, mode: "profiles" | "legacy" = "profiles"): Seed {
  const tenant = structuredClone(seeds.personas as Seed).tenants.find((one) => one.mode === mode);
  const policy = tenant?.policy;
  if (tenant === undefined || policy?.includeTargets === undefined) throw new Error("the seed personas has no policy");
  if (scene.root !== true) {
    const { allowedPasskeyProfiles } = policy.includeTargets[0]!;
    policy.includeTargets = GROUPS.map((id) => ({ id, ...(allowedPasskeyProfiles && { allowedPasskeyProfiles }) }));
  }
  return { tenants: [tenant] };
}

/** A person registers a key of a model, attested. */
export function register({ users, passkeys }: TenantHandle, person: string, model: string): void {
  const user = users.list().find(({ displayName }) => displayName === person);
  const aaGuid = resolveModel(model).aaguids?.[0];
  if (user === undefined || aaGuid === undefined) throw new Error(`there is no ${person} or no ${model}`);
  passkeys.add(user.id, { aaGuid, displayName: model, attestationLevel: "attested" });
}

/** Somebody lists Microsoft Authenticator in a profile, in the admin centre. */
export function listAuthenticator(tenant: TenantHandle, profileName: string): void {
  tenant.setPolicy((policy) => {
    const profile = policy.passkeyProfiles.find(({ name }) => name === profileName);
    if (profile === undefined) throw new Error(`there is no profile ${profileName}`);
    profile.keyRestrictions?.aaGuids.push(...MICROSOFT_AUTHENTICATOR_AAGUIDS);
  });
}

/** The keys of the matrix: of each kind one that somebody may come with. */
export const KEYS: readonly MatrixKey[] = [
  key("Security Key NFC by Yubico", "e77e3c64-05e3-428b-8824-0cbeb04b829d"),
  key("YubiKey 5 FIPS with NFC", "c1f9a0bc-1dd2-404a-b27f-8e29047a43fd"),
  key("YubiKey 5 with NFC", "2fc0579f-8113-47ea-b116-bb5a8db9202a"),
  key("Authenticator for iOS", MICROSOFT_AUTHENTICATOR_AAGUIDS[0]!),
  key("Authenticator for Android", MICROSOFT_AUTHENTICATOR_AAGUIDS[1]!),
  { ...key("Windows Hello", "08987058-cadc-4b81-b6e1-30de50dcbe96"), attested: false },
  {
    ...key("iCloud Keychain (synced)", "fbfc3007-154e-4ecc-8c0b-6e020557d7bd"),
    passkeyType: "synced",
    attested: false,
  },
  { ...key("a key of an unknown model", "11111111-2222-4333-8444-555555555555"), attested: false },
];

function key(name: string, aaguid: string): MatrixKey {
  return { name, aaguid, passkeyType: "deviceBound", attested: findModel(aaguid) !== undefined };
}

/** The people of the matrix, each with their group. */
export function peopleOf(tenant: TenantHandle): MatrixRow[] {
  return GROUPS.map((name) => ({
    name,
    groups: tenant.groups
      .list()
      .filter(({ displayName }) => displayName === name)
      .map(({ id }) => id),
  }));
}

/** What else than the passkey policy decides over a key, as Graph answers it. */
export function accessOf(tenant: TenantHandle): AccessDocuments {
  const { conditionalAccessPolicies, authenticationStrengths } = tenant;
  return readAccess({
    conditionalAccess: conditionalAccessPolicies.list().map(({ strength, grantControls, ...policy }) => ({
      ...policy,
      grantControls:
        strength === undefined ? grantControls : { ...grantControls, authenticationStrength: { id: strength } },
    })),
    strengths: authenticationStrengths.list(),
    temporaryAccessPass: tenant.method("TemporaryAccessPass"),
  });
}
