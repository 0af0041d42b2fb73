import * as v from "valibot";
import { CloudUnsupportedError, findCloud } from "../../graph/index.js";
import { AT_KEY, isMapping, known, mapping, pathItem, secretive, text } from "./form.js";
import { isSecretKey, NO_SECRETS, shown } from "./problem.js";

/** What a tenant may have of its own or from the defaults: cloud, configuration, and where its credential is. */

export const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const CLOUDS = "global (or public), usgovernment (or usgovernmentl4), usgovernmentl5 (or dod)";

/** The name that a plan has of a cloud; undefined where there is no such cloud. */
export function cloudName(environment: string): string | undefined {
  try {
    const name = findCloud(environment)?.name;
    return name === "usgovernmentl4" ? "usgovernment" : name;
  } catch (error) {
    if (error instanceof CloudUnsupportedError) return undefined;
    throw error;
  }
}

export const cloud = v.pipe(
  text("a cloud"),
  v.check(
    (name) => cloudName(name) !== undefined,
    (issue) => `${shown(issue.input)} is no cloud that has the Passkey (FIDO2) policy. Use ${CLOUDS}`,
  ),
);

const CONFIG_KEY = /^([A-Za-z0-9_][\w.-]*:)?[A-Za-z0-9_][\w.-]*$/;
/** Settings of the azuread provider that say who signs in. */
const SIGN_IN =
  /^azuread:(client(Id|Secret|Certificate)\w*|use(Oidc|Msi|Cli|AksWorkloadIdentity)|oidc\w+|msiEndpoint|adoPipeline\w+)$/i;

const configValue = v.union(
  [v.string(), v.number(), v.boolean()],
  (issue) =>
    `${shown(issue.input)} is no text, number or truth value. Write structured configuration as JSON in quotes`,
);

export const config = v.pipe(
  mapping("Write { key: value }"),
  v.record(v.string(), configValue),
  v.rawCheck(({ dataset, addIssue }) => {
    const value = dataset.value as unknown;
    if (!isMapping(value)) return;
    for (const [key, member] of Object.entries(value)) {
      const reason = keyReason(key);
      if (reason !== undefined) addIssue({ message: `${AT_KEY}${reason}`, path: [pathItem(value, key, member)] });
    }
  }),
);

function keyReason(key: string): string | undefined {
  if (key.toLowerCase() === "azuread:tenantid") return "follows from the tenant's id. Leave it out";
  if (isSecretKey(key)) return `is a secret by its name. ${NO_SECRETS}`;
  if (SIGN_IN.test(key)) return "says who signs in, and that is `credential` in this file. Leave it out";
  if (!CONFIG_KEY.test(key)) return `is no key of a stack's configuration. Write key or namespace:key`;
  return undefined;
}

const VARIABLE = /^[A-Za-z_]\w{0,199}$/;
const CLIENT = secretive("an application (client) id", GUID, "Give the GUID of the app registration");
const MISSING_CLIENT = { clientId: "Give the application (client) id of the app registration" };
const path = secretive("a path of a file", /^[^\0]{1,4000}$/, "Give it relative to this file");

const identity = known({ clientId: v.optional(CLIENT) });

const KINDS = ["environment", "federatedToken", "certificate", "managedIdentity"] as const;
export const KINDS_TEXT =
  "{ environment: PREFIX }, { federatedToken: { clientId } }, { certificate: { clientId, path } } or { managedIdentity: true }";

export const credential = v.pipe(
  known({
    environment: v.optional(
      secretive(
        "a prefix of variables",
        /^[A-Za-z_]\w{0,99}(?<!_)$/,
        "Give what stands before _ARM_CLIENT_ID, without the underscore, as NORTHBANK",
      ),
    ),
    federatedToken: v.optional(known({ clientId: CLIENT, tokenFile: v.optional(path) }, MISSING_CLIENT)),
    certificate: v.optional(
      known(
        {
          clientId: CLIENT,
          path,
          passwordVariable: v.optional(
            secretive("a name of a variable", VARIABLE, "Name the variable that has the password"),
          ),
        },
        { ...MISSING_CLIENT, path: "Give the path of the certificate, relative to this file" },
      ),
    ),
    managedIdentity: v.optional(
      v.lazy((value) =>
        typeof value === "object"
          ? identity
          : v.literal(
              true,
              `has to be true, or { clientId } of a user-assigned one. Leave it out to sign in otherwise`,
            ),
      ),
    ),
  }),
  v.rawCheck(({ dataset, addIssue }) => {
    const value = dataset.value as unknown;
    if (!isMapping(value)) return;
    const given = KINDS.filter((kind) => kind in value);
    if (given.length === 1) return;
    const others = Object.keys(value).length > given.length;
    // A key that is unknown, or a secret, is already a problem that says what to do.
    if (given.length === 0 && others) return;
    const reason = given.length === 0 ? "says nothing" : `says ${given.join(" and ")}, and there is one way to sign in`;
    addIssue({ message: `${reason}. Write ${KINDS_TEXT}` });
  }),
);
