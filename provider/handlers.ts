import { endWithEngine, isPlugin } from "./apply/index.js";
import type * as Strength from "./resources/documents/authenticationStrength.js";
import type * as Documents from "./resources/documents/handler.js";
import type * as Pass from "./resources/documents/temporaryAccessPass.js";
import { processHost } from "./resources/host.js";
import { later } from "./resources/later.js";
import { partHandler } from "./resources/parts/handler.js";
import { passkeyGroupTarget as groupTarget } from "./resources/parts/passkeyGroupTarget.js";
import { passkeyKeyRestrictions as keyRestrictions } from "./resources/parts/passkeyKeyRestrictions.js";
import { passkeyProfile as profile } from "./resources/parts/passkeyProfile.js";
import { passkeyPolicyHandler } from "./resources/passkeyPolicy/handler.js";

/**
 * The handlers that the provider text in state names. Loaded by Pulumi's dynamic provider process, never by a program.
 * Names are for ever: states written by older versions call them. They share one host, and so one session for each
 * tenant.
 */
const host = processHost();
if (isPlugin()) endWithEngine(host.engine, () => process.exit(1));

export const passkeyPolicy = passkeyPolicyHandler(host);
export const passkeyProfile = partHandler(host, profile);
export const passkeyKeyRestrictions = partHandler(host, keyRestrictions);
export const passkeyGroupTarget = partHandler(host, groupTarget);

const documents = (): typeof Documents => require("./resources/documents/handler.js") as typeof Documents;

export const temporaryAccessPassPolicy = later(() => {
  const { temporaryAccessPassPolicy: kind } = require("./resources/documents/temporaryAccessPass.js") as typeof Pass;
  return documents().documentHandler(host, kind);
});
export const passkeyAuthenticationStrength = later(() => {
  const { authenticationStrength } = require("./resources/documents/authenticationStrength.js") as typeof Strength;
  return documents().documentHandler(host, authenticationStrength);
});
