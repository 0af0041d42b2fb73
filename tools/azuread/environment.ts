import { describeEmulator } from "../../provider/dist/cli/emulator-text.js";
import type { Emulator } from "../../provider/dist/emulator/index.js";

/**
 * The variables that point a stack with `@pulumi/azuread`, and this package in it, at one tenant of an emulator that
 * serves HTTPS. Laid over an environment of `engineEnvironment`, after the plugin is there: with them, Go trusts the
 * emulator and nobody else in this file.
 *
 * @param certificate file with `emulator.certificate`
 * @param tenant id of the tenant. @default the first one
 */
export function azureadEnvironment(emulator: Emulator, certificate: string, tenant?: string): Record<string, string> {
  const { tenants } = describeEmulator(emulator, certificate);
  const found = tenant === undefined ? tenants[0] : tenants.find(({ id }) => id === tenant);
  if (found === undefined) throw new Error(`the emulator has no tenant ${tenant ?? "at all"}`);
  // A caller's own folder of certificates is not to be trusted besides.
  return { ...found.environment, SSL_CERT_DIR: "" };
}
