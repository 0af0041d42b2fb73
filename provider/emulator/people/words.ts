import type { Switches } from "../switches.js";
import { AUTHENTICATOR_AAGUIDS, WINDOWS_HELLO_AAGUIDS, type Passkey } from "./types.js";

const AUTHENTICATOR: readonly string[] = Object.values(AUTHENTICATOR_AAGUIDS);
const WINDOWS_HELLO: readonly string[] = WINDOWS_HELLO_AAGUIDS;

/**
 * The words of `methodsRegistered` for a passkey. The four kinds are documented; that they exclude each other is
 * assumed. What the report calls a hardware key is a switch.
 *
 * @see https://learn.microsoft.com/graph/api/resources/userregistrationdetails
 */
export function passkeyWords(passkey: Passkey, switches: Pick<Switches, "reportWordForKeys">): readonly string[] {
  const aaGuid = passkey.aaGuid.toLowerCase();
  if (passkey.passkeyType === "synced") {
    return ["passKeySynced"];
  }
  if (AUTHENTICATOR.includes(aaGuid)) {
    return ["passKeyDeviceBoundAuthenticator"];
  }
  if (WINDOWS_HELLO.includes(aaGuid)) {
    return ["passKeyDeviceBoundWindowsHello"];
  }
  return KEY_WORDS[switches.reportWordForKeys];
}

const KEY_WORDS: Record<Switches["reportWordForKeys"], readonly string[]> = {
  passKeyDeviceBound: ["passKeyDeviceBound"],
  fido2SecurityKey: ["fido2SecurityKey"],
  both: ["passKeyDeviceBound", "fido2SecurityKey"],
};

/** What a word of `methodsRegistered` means for the other members of the report. */
export interface MethodTraits {
  /** Configurations of which one has to allow it; absent for methods that no configuration governs. */
  configurations?: readonly string[];
  /** Counts as strong authentication. */
  mfa: boolean;
  passwordless: boolean;
  /** As second factor, in the words of `userPreferredMethodForSecondaryAuthentication`. */
  secondary?: "push" | "oath" | "voiceMobile" | "voiceAlternateMobile" | "voiceOffice" | "sms";
}

const METHODS: Readonly<Record<string, MethodTraits>> = {
  microsoftAuthenticatorPush: {
    configurations: ["MicrosoftAuthenticator"],
    mfa: true,
    passwordless: false,
    secondary: "push",
  },
  microsoftAuthenticatorPasswordless: {
    configurations: ["MicrosoftAuthenticator"],
    mfa: true,
    passwordless: true,
    secondary: "push",
  },
  softwareOneTimePasscode: { configurations: ["SoftwareOath"], mfa: true, passwordless: false, secondary: "oath" },
  hardwareOneTimePasscode: { configurations: ["HardwareOath"], mfa: true, passwordless: false, secondary: "oath" },
  mobilePhone: { configurations: ["Sms", "Voice"], mfa: true, passwordless: false, secondary: "sms" },
  alternateMobilePhone: {
    configurations: ["Voice"],
    mfa: true,
    passwordless: false,
    secondary: "voiceAlternateMobile",
  },
  officePhone: { configurations: ["Voice"], mfa: true, passwordless: false, secondary: "voiceOffice" },
  temporaryAccessPass: { configurations: ["TemporaryAccessPass"], mfa: true, passwordless: false },
  certificateBasedAuthentication: { configurations: ["X509Certificate"], mfa: true, passwordless: true },
  qrCode: { configurations: ["QRCodePin"], mfa: false, passwordless: false },
  windowsHelloForBusiness: { mfa: true, passwordless: true },
  macOsSecureEnclaveKey: { mfa: true, passwordless: true },
  email: { configurations: ["Email"], mfa: false, passwordless: false },
};

const PASSKEY: MethodTraits = { configurations: ["Fido2"], mfa: true, passwordless: true };
const OTHER: MethodTraits = { mfa: false, passwordless: false };

/** What a word means. */
export function traitsOf(word: string): MethodTraits {
  return METHODS[word] ?? (/^(passKey|fido2)/.test(word) ? PASSKEY : OTHER);
}

/** Methods with which a password can be reset by oneself. */
export const RESET_METHODS: readonly string[] = ["mobilePhone", "alternateMobilePhone", "officePhone", "email"];
