import type { Answer, SignedCall } from "../http/call.js";
import { refuseOtherOptions } from "../http/paging.js";
import { methodObjects, passkeyObject } from "../people/other-methods.js";
import type { Throttle } from "../people/throttle.js";
import { passReport } from "./report.js";
import { userOf } from "./users.js";

/**
 * `GET /users/{id | userPrincipalName}/authentication/fido2Methods`. Graph's page offers no query option; disabled users
 * are answered like others.
 *
 * @see https://learn.microsoft.com/graph/api/fido2authenticationmethod-list
 */
export function listPasskeys(call: SignedCall): Answer {
  refuseOtherOptions(call.query, []);
  const user = userOf(call);
  const { passkeys } = call.tenant.people.of(user.id);
  const value = passkeys.map((passkey) => passkeyObject(passkey, call.version));
  return { status: 200, body: { "@odata.context": context(call, user.id, "fido2Methods"), value } };
}

/** `GET /users/{id | userPrincipalName}/authentication/methods`. */
export function listMethods(call: SignedCall): Answer {
  refuseOtherOptions(call.query, []);
  const user = userOf(call);
  const value = methodObjects(user.id, call.tenant.people.of(user.id), call.version);
  return { status: 200, body: { "@odata.context": context(call, user.id, "methods"), value } };
}

/** Counts with the report where the switch says so. */
export function passRegistrations(call: SignedCall, throttle: Throttle): void {
  if (call.tenant.effectiveSwitches.fido2MethodsThrottled === "yes") {
    passReport(call, throttle);
  }
}

function context(call: SignedCall, userId: string, collection: string): string {
  return `${call.origin}/${call.version}/$metadata#users('${userId}')/authentication/${collection}`;
}
