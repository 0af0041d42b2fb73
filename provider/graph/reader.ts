import { Secret } from "./secret.js";
import { SETTINGS, variablesOf, type Setting } from "./variables.js";

/** A setting is missing or wrong. The message names the setting, the reason and the way out, and never a secret. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";

  constructor(
    /** The setting's name in the stack configuration, for example `azuread:tenantId`. */
    readonly setting: string,
    reason: string,
    wayOut: string,
  ) {
    super(`${setting} ${reason}. ${wayOut}`);
  }
}

/** Reads a value of the stack configuration by its full name, for example `azuread:tenantId`. */
export type ReadConfig = (key: string) => string | undefined;

/** Where a value can be set, the one that wins first. */
export const SOURCES = ["fromEnv", "fromConfig"] as const;

/** A way to read a setting from one place alone. */
export type Source = (typeof SOURCES)[number];

/** Reads settings from the environment and the stack configuration. */
export class Reader {
  constructor(
    readonly env: NodeJS.ProcessEnv,
    readonly config: ReadConfig = () => undefined,
  ) {}

  fromEnv(setting: Setting): string | undefined {
    const name = this.variableOf(setting);
    return name === undefined ? undefined : this.env[name];
  }

  /** The variable that gives a setting; undefined where none does. */
  variableOf(setting: Setting): string | undefined {
    return variablesOf(setting).find((name) => isGiven(this.env[name]));
  }

  fromConfig(setting: Setting): string | undefined {
    const value = this.config(setting);
    return isGiven(value) ? value : undefined;
  }

  get(setting: Setting): string | undefined {
    return this.fromEnv(setting) ?? this.fromConfig(setting);
  }

  secret(setting: Setting): Secret | undefined {
    const value = this.get(setting);
    return value === undefined ? undefined : new Secret(value);
  }

  flag(setting: Setting, value = this.get(setting)): boolean | undefined {
    if (value === undefined) return undefined;
    if (/^(true|1)$/i.test(value.trim())) return true;
    if (/^(false|0)$/i.test(value.trim())) return false;
    throw new SettingsError(setting, "is neither true nor false", `Set ${howToSet(setting)} to true or false.`);
  }
}

/** A setting that has a value, and where it comes from. */
export interface FoundSetting {
  readonly setting: Setting;
  /** The environment variable whose value counts; absent where it is the stack configuration's. */
  readonly variable?: string;
  /** The value; absent where it is a secret, or may have one in it. */
  readonly value?: string;
  /** Whether the stack configuration has another value, which does not count. */
  readonly overrides: boolean;
}

/** Settings that are ids, words or paths. Not the address of a local Graph: a password may be in it. */
const SHOWN: ReadonlySet<Setting> = new Set<Setting>([
  "azuread:tenantId",
  "azuread:clientId",
  "azuread:environment",
  "azuread:clientIdFilePath",
  "azuread:clientCertificatePath",
  "azuread:clientSecretFilePath",
  "azuread:useOidc",
  "azuread:oidcTokenFilePath",
  "azuread:adoPipelineServiceConnectionId",
  "azuread:useAksWorkloadIdentity",
  "azuread:useMsi",
  "azuread:useCli",
]);

/** Every setting that has a value, in the order of the documentation. */
export function foundSettings(env: NodeJS.ProcessEnv, config?: ReadConfig): FoundSetting[] {
  const reader = new Reader(env, config);
  return (Object.keys(SETTINGS) as Setting[]).flatMap((setting) => {
    const [given, configured] = [reader.fromEnv(setting), reader.fromConfig(setting)];
    const value = given ?? configured;
    if (value === undefined) return [];
    const variable = reader.variableOf(setting);
    return [
      {
        setting,
        ...(variable !== undefined && { variable }),
        ...(SHOWN.has(setting) && { value: value.trim() }),
        overrides: given !== undefined && configured !== undefined && given.trim() !== configured.trim(),
      },
    ];
  });
}

/** An empty value counts as absent: CI systems set variables for secrets that do not exist. */
export function isGiven(value: string | undefined): value is string {
  return value !== undefined && value.trim() !== "";
}

/** Both ways to set a value. */
export function howToSet(setting: Setting): string {
  return `${variablesOf(setting)[0]} or ${setting}`;
}
