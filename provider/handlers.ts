import { processHost } from "./resources/host.js";
import { passkeyPolicyHandler } from "./resources/passkeyPolicy/handler.js";

/**
 * The handlers that the provider text in state names. Loaded by Pulumi's dynamic provider process, never by a program.
 * Names are for ever: states written by older versions call them.
 */
const host = processHost();

export const passkeyPolicy = passkeyPolicyHandler(host);
