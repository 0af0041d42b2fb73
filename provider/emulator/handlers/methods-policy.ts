import { renderPolicy, type ReadPath } from "../fido2/document.js";
import { missingPolicy } from "../fido2/missing.js";
import { patchPolicy, resetPolicy } from "../fido2/patch.js";
import { graphErrors } from "../errors.js";
import type { Answer, SignedCall } from "../http/call.js";
import type { PolicySnapshot } from "../stale-reads.js";
import type { Tenant } from "../tenant.js";
import { sameId } from "../guid.js";
import { PARENT, TEMPORARY_ACCESS_PASS } from "../methods/samples.js";
import { patchTemporaryAccessPass } from "../methods/temporary-access-pass.js";

/** `GET .../authenticationMethodConfigurations/{id}`. Other methods than FIDO2 answer what the seed or a test says. */
export function getConfiguration(call: SignedCall): Answer {
  const { tenant } = call;
  if (isFido2(call)) {
    refuseMissing(tenant);
    return { status: 200, body: select(call, rendered(call, tenant.read())) };
  }
  const id = call.params["configuration"] ?? "";
  const found = tenant.read(id).methods.find((method) => sameId(method.id, id));
  if (found === undefined) {
    throw graphErrors.notFound(id);
  }
  return {
    status: 200,
    body: select(call, { "@odata.context": context(call, "authenticationMethodConfigurations/$entity"), ...found }),
  };
}

/** `PATCH .../authenticationMethodConfigurations/fido2` and `/TemporaryAccessPass`: 204 without a body. */
export function patchConfiguration(call: SignedCall): Answer {
  const { tenant } = call;
  const switches = tenant.effectiveSwitches;
  const directory = {
    group: (id: string) => tenant.directory.group(id),
    hasUser: (id: string) => tenant.directory.user(id) !== undefined,
  };
  if (sameId(call.params["configuration"] ?? "", TEMPORARY_ACCESS_PASS)) {
    const before = tenant.methods.get(TEMPORARY_ACCESS_PASS);
    tenant.storeMethod(patchTemporaryAccessPass(before, jsonBody(call), { switches, directory }));
    return { status: 204 };
  }
  requireFido2(call);
  refuseMissing(tenant);
  const after = patchPolicy(tenant.stored, jsonBody(call), {
    switches,
    legacyFieldsStopped: tenant.legacyFieldsStopped,
    directory,
    measure: (policy) => {
      const snapshot = { ...tenant.snapshot(), policy };
      // As Graph itself would answer it: the limit must not depend on the emulator's port.
      const real: SignedCall = { ...call, origin: "https://graph.microsoft.com", version: "v1.0" };
      const fido2 = switches.policySizeScope === "fido2Policy";
      return Buffer.byteLength(JSON.stringify(fido2 ? rendered(real, snapshot) : parent(real, snapshot)));
    },
  });
  tenant.store(after);
  return { status: 204 };
}

/** `DELETE .../authenticationMethodConfigurations/fido2`: the configuration goes back to its default. */
export function deleteConfiguration(call: SignedCall): Answer {
  const { tenant } = call;
  requireFido2(call);
  refuseMissing(tenant);
  tenant.store(resetPolicy(tenant.stored, tenant.effectiveSwitches));
  return { status: 204 };
}

/** `GET .../authenticationMethodsPolicy`, with all configurations inside. */
export function getMethodsPolicy(call: SignedCall): Answer {
  return { status: 200, body: select(call, parent(call, call.tenant.read())) };
}

/** `GET .../authenticationMethodsPolicy/authenticationMethodConfigurations`. */
export function listConfigurations(call: SignedCall): Answer {
  const value = configurations(call, call.tenant.read());
  return { status: 200, body: { "@odata.context": context(call, `${prefix(call)}${CONFIGURATIONS}`), value } };
}

const CONFIGURATIONS = "authenticationMethodsPolicy/authenticationMethodConfigurations";

function parent(call: SignedCall, snapshot: PolicySnapshot): Record<string, unknown> {
  return {
    "@odata.context": context(call, "authenticationMethodsPolicy"),
    id: "authenticationMethodsPolicy",
    displayName: PARENT.displayName,
    description: PARENT.description,
    lastModifiedDateTime: snapshot.lastModified,
    policyVersion: PARENT.policyVersion,
    policyMigrationState: null,
    registrationEnforcement: registrationEnforcement(call.version),
    "authenticationMethodConfigurations@odata.context": context(call, `${prefix(call)}${CONFIGURATIONS}`),
    authenticationMethodConfigurations: configurations(call, snapshot),
  };
}

/** One member of the campaign is in beta only. */
function registrationEnforcement(version: string): object {
  const { authenticationMethodsRegistrationCampaign: campaign } = PARENT.registrationEnforcement;
  const { snoozeDurationInDays, ...rest } = campaign;
  const more = version === "beta" ? { enforceRegistrationAfterAllowedSnoozes: true } : {};
  return { authenticationMethodsRegistrationCampaign: { snoozeDurationInDays, ...more, ...rest } };
}

function configurations(call: SignedCall, snapshot: PolicySnapshot): object[] {
  const { "@odata.context": _, ...fido2 } = rendered(call, snapshot);
  const others = call.tenant.methods.all;
  return isMissing(call.tenant) ? [...others] : [fido2, ...others];
}

function rendered(call: SignedCall, snapshot: PolicySnapshot) {
  const path: ReadPath = { origin: call.origin, version: call.version, underPolicies: prefix(call) !== "" };
  return renderPolicy(snapshot.policy, path, snapshot.legacyFieldsStopped);
}

function prefix(call: SignedCall): string {
  return /^\/[^/]+\/policies\//i.test(call.url.pathname) ? "policies/" : "";
}

function context(call: SignedCall, fragment: string): string {
  return `${call.origin}/${call.version}/$metadata#${fragment}`;
}

function isFido2(call: SignedCall): boolean {
  return call.params["configuration"]?.toLowerCase() === "fido2";
}

function requireFido2(call: SignedCall): void {
  if (!isFido2(call)) {
    throw graphErrors.notImplemented(`${call.method} of the authentication method '${call.params["configuration"]}'`);
  }
}

function isMissing(tenant: Tenant): boolean {
  return tenant.cloud === "china";
}

function refuseMissing(tenant: Tenant): void {
  if (isMissing(tenant)) {
    throw missingPolicy(tenant.effectiveSwitches.missingPolicy);
  }
}

/** Graph's page promises no query option; `$select` is harmless and the service knows it everywhere. */
function select(call: SignedCall, body: object): object {
  const option = call.query.get("$select");
  if (option === null) {
    return body;
  }
  const names = option.split(",").map((name) => name.trim());
  const selected = (name: string) => name.startsWith("@odata.") || names.includes(name.split("@")[0] ?? name);
  return Object.fromEntries(Object.entries(body).filter(([name]) => selected(name)));
}

function jsonBody(call: SignedCall): unknown {
  if (call.body === undefined) {
    throw graphErrors.badRequest(
      "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.",
    );
  }
  return call.body;
}
