import type { Emulator } from "../../provider/dist/emulator/index.js";
import type { Version } from "./shape/type.ts";

export const VERSIONS: readonly Version[] = ["v1.0", "beta"];

/** Limits would get in the way of so many requests. */
export const SWITCHES = {
  conditionalAccessRequestsPerSecond: 100_000,
  reportRequestsPer10Seconds: 100_000,
  customStrengthLimit: 1000,
};

const AAGUID = "2fc0579f-8113-47ea-b116-bb5a8db9202a";

/** Gives a tenant one of everything that can be answered, besides what its seed has. */
export function furnish(emulator: Emulator, id: string): void {
  const tenant = emulator.tenant(id);
  tenant.licence = "p2";
  tenant.authenticationStrengths.add({
    displayName: "Keys",
    allowedCombinations: ["fido2"],
    allowedAaguids: [AAGUID],
  });
  const [user] = tenant.users.list();
  if (user === undefined) {
    throw new Error(`${tenant.displayName} has no users`);
  }
  tenant.users.update(user.id, {
    isAdmin: true,
    methods: [
      ...["mobilePhone", "alternateMobilePhone", "officePhone", "email", "microsoftAuthenticatorPush", "qrCode"],
      ...["softwareOneTimePasscode", "temporaryAccessPass", "windowsHelloForBusiness", "macOsSecureEnclaveKey"],
    ],
  });
  tenant.passkeys.add(user.id, { aaGuid: AAGUID });
  const lastUsedDateTime = "2026-03-01T00:00:00Z";
  tenant.passkeys.add(user.id, { aaGuid: AAGUID, passkeyType: "synced", lastUsedDateTime });
  tenant.conditionalAccessPolicies.add({
    displayName: "Keys for all",
    authenticationStrength: "Keys",
    conditions: { devices: { deviceFilter: { mode: "exclude", rule: 'device.extensionAttribute1 -eq "PAW"' } } },
    sessionControls: { persistentBrowser: { isEnabled: true, mode: "never" } },
  });
  tenant.conditionalAccessPolicies.add({ displayName: "Block", grantControls: { builtInControls: ["block"] } });
  tenant.conditionalAccessPolicies.update("Block", { state: "disabled" });
}
