import { foundSettings, resolveSettings, WAYS, type ConnectionSettings, type FoundSetting } from "../graph/index.js";
import type { ReadConfig } from "../graph/index.js";
import { isGuid } from "../policy/index.js";
import { notesOf, sentences, type Finding } from "./findings.js";

const notes = notesOf("settings");

/** What the settings are, and what is wrong with them. */
export interface SettingsAnswer {
  /** Absent where they do not suffice. */
  readonly connection?: ConnectionSettings;
  readonly findings: readonly Finding[];
}

const SIGN_INS: Readonly<Record<ConnectionSettings["authentication"]["kind"], string>> = {
  clientCertificate: "a client certificate",
  clientSecret: "a client secret",
  clientSecretFile: "a client secret in a file",
  oidc: "an ID token of the workload (OIDC)",
  managedIdentity: "the managed identity of this machine",
  azureCli: "Azure CLI, which says who is signed in there",
  local: "nothing: a local Graph wants no secret",
};

/**
 * Which settings there are, where they come from and what they amount to. Values of secrets are in none of it.
 *
 * @param encrypted names of settings that the stack configuration has as secrets, which are not read
 */
export function checkSettings(
  env: NodeJS.ProcessEnv,
  config?: ReadConfig,
  encrypted: readonly string[] = [],
): SettingsAnswer {
  const found = foundSettings(env, config);
  const listed = [
    ...found.map(listing),
    ...encrypted.filter((one) => !found.some(({ setting }) => setting === one)).map(hidden),
    ...conflicts(found),
  ];
  let connection: ConnectionSettings;
  try {
    connection = resolveSettings(env, config);
  } catch (error) {
    return { findings: [...listed, refused(error, encrypted)] };
  }
  const { tenantId, cloud, endpoint, authentication } = connection;
  return {
    connection,
    findings: [
      ...listed,
      notes.ok("tenant", `${tenantId} in ${cloud.title}`),
      notes.ok("way to sign in", SIGN_INS[authentication.kind]),
      ...(endpoint === undefined
        ? []
        : [
            notes.info(
              "entra-passkeys:endpoint",
              `a local Graph at ${endpoint} is asked instead of ${cloud.graph}`,
              "Unset ENTRA_PASSKEYS_ENDPOINT to reach Microsoft Graph",
            ),
          ]),
    ],
  };
}

function listing({ setting, variable, value }: FoundSetting): Finding {
  const from = variable === undefined ? "from the stack configuration" : `from ${variable}`;
  return notes.ok(setting, isShown(setting, value) ? `${value} (${from})` : `set ${from}`);
}

/** Whoever mixes up two variables must not find a secret on the screen: an id is shown where it is one. */
function isShown(setting: string, value: string | undefined): value is string {
  return value !== undefined && (isGuid(value) || !/(tenant|client)Id$/.test(setting));
}

const hidden = (setting: string): Finding =>
  notes.warning(
    setting,
    "the stack configuration has it encrypted, and it is not read here, so that the program may sign in as somebody else " +
      "than what follows is about",
    "Set its environment variable, so that the same sign-in is tried here",
  );

function conflicts(found: readonly FoundSetting[]): Finding[] {
  const on = ({ value }: FoundSetting) => value === undefined || !/^(false|0)$/i.test(value);
  const ways = (["environment", "configuration"] as const).flatMap((from) =>
    WAYS.flatMap(({ way, by }) => {
      const settings: readonly string[] = by;
      const mine = found.filter(
        (one) => settings.includes(one.setting) && on(one) && (from === "environment") === (one.variable !== undefined),
      );
      return mine.length === 0 ? [] : [{ way, setting: mine[0]!.setting }];
    }),
  );
  const [first, ...others] = ways;
  const several = others.filter(({ way }) => way !== first!.way);
  return [
    ...(several.length === 0
      ? []
      : [
          notes.warning(
            "way to sign in",
            `${[first!, ...several].map(({ setting }) => setting).join(" and ")} are set; the ${first!.way} is used`,
            "Unset what is not meant, so that a change of one of them does not change who signs in",
          ),
        ]),
    ...found
      .filter(({ overrides }) => overrides)
      .map(({ setting, variable }) =>
        notes.warning(
          setting,
          `${variable} and the stack configuration have different values; the environment's is used`,
          "Give both the same value, or unset one of them",
        ),
      ),
  ];
}

function refused(error: unknown, encrypted: readonly string[]): Finding {
  const { setting, message } = error as Error & { setting?: string };
  if (setting !== undefined && encrypted.includes(setting)) {
    return notes.error(
      setting,
      "it is needed, and only the stack configuration has it",
      "Set its environment variable",
    );
  }
  const { says, next } = sentences(message);
  const own = setting !== undefined && says.startsWith(`${setting} `) ? says.slice(setting.length + 1) : says;
  return notes.error(setting ?? "settings", own, next);
}
