import { temporaryAccessPass, anyMethodConfiguration, methodsPolicy } from "../published/methods.ts";
import { fido2Configuration } from "../published/fido2.ts";
import type { World } from "../world.ts";
import type { Row } from "./row.ts";

const FIDO2_TYPE = "#microsoft.graph.fido2AuthenticationMethodConfiguration";
const PASS_TYPE = "#microsoft.graph.temporaryAccessPassAuthenticationMethodConfiguration";

/** Both ways to the authentication methods policy. */
export const policyRows: Row[] = ["/policies/authenticationMethodsPolicy", "/authenticationMethodsPolicy"].flatMap(
  (parent) => {
    const list = `${parent}/authenticationMethodConfigurations`;
    const one = `${list}/:configuration`;
    const notAllowed = (route: string, path: string): Row => ({
      route,
      needs: "nothing",
      ask: (world) => world.ask(route, path, { status: 405, code: "methodNotAllowed" }),
    });
    return [
      {
        route: `GET ${parent}`,
        async ask(world, route) {
          await world.ask(route, parent, { status: 200, shape: methodsPolicy });
          const select = ["policyVersion", "registrationEnforcement"];
          await world.ask(route, `${parent}?$select=${select.join()}`, { status: 200, shape: methodsPolicy, select });
        },
      },
      {
        route: `GET ${list}`,
        ask: (world, route) => world.ask(route, list, { status: 200, list: anyMethodConfiguration }),
      },
      { route: `GET ${one}`, ask: (world, route) => askEach(world, route, list) },
      { route: `PATCH ${one}`, ask: (world, route) => writeBoth(world, route, list) },
      {
        route: `DELETE ${one}`,
        async ask(world, route) {
          await world.ask(route, `${list}/fido2`, { status: 204 });
          await world.ask(`GET ${one}`, `${list}/fido2`, { status: 200, shape: anyMethodConfiguration });
          await world.ask(route, `${list}/Sms`, { status: 501 });
        },
      },
      notAllowed(`POST ${one}`, `${list}/fido2`),
      notAllowed(`PUT ${one}`, `${list}/fido2`),
      notAllowed(`POST ${parent}`, parent),
      notAllowed(`PUT ${parent}`, parent),
      notAllowed(`DELETE ${parent}`, parent),
    ];
  },
);

async function askEach(world: World, route: string, list: string): Promise<void> {
  const body = await world.ask(`GET ${list}`, list, { status: 200, list: anyMethodConfiguration });
  for (const { id } of body["value"] as { id: string }[]) {
    await world.ask(route, `${list}/${id}`, { status: 200, shape: anyMethodConfiguration });
  }
  await world.ask(route, `${list}/FIDO2`, { status: 200, shape: fido2Configuration });
  await world.ask(route, `${list}/temporaryaccesspass`, { status: 200, shape: temporaryAccessPass });
  const select = ["state", "includeTargets"];
  const shape = fido2Configuration;
  await world.ask(route, `${list}/fido2?$select=${select.join()}`, { status: 200, shape, select });
  const plain = ["state", "defaultLength"];
  await world.ask(route, `${list}/TemporaryAccessPass?$select=${plain.join()}`, {
    status: 200,
    shape: temporaryAccessPass,
    select: plain,
  });
  await world.ask(route, `${list}/Nonsense`, { status: 404 });
}

async function writeBoth(world: World, route: string, list: string): Promise<void> {
  const get = route.replace("PATCH", "GET");
  const policy = await world.ask(get, `${list}/fido2`, { status: 200, shape: fido2Configuration });
  // Both dialects at once would be an open question.
  const { isAttestationEnforced: _, keyRestrictions: __, ...profiles } = policy;
  const body = policy["defaultPasskeyProfile"] === null ? { ...policy, passkeyProfiles: [] } : profiles;
  await world.ask(route, `${list}/fido2`, { status: 204 }, { body });
  await world.ask(get, `${list}/fido2`, { status: 200, shape: fido2Configuration });
  await world.ask(route, `${list}/fido2`, { status: 400 }, { body: { state: "disabled" } });
  await world.ask(route, `${list}/fido2`, { status: 400 }, { body: "no JSON" });
  await world.ask(route, `${list}/fido2`, { status: 400 }, { body: { "@odata.type": FIDO2_TYPE, unheardOf: 1 } });
  const pass = { "@odata.type": PASS_TYPE, defaultLength: 12 };
  await world.ask(route, `${list}/TemporaryAccessPass`, { status: 204 }, { body: pass });
  await world.ask(get, `${list}/TemporaryAccessPass`, { status: 200, shape: temporaryAccessPass });
  await world.ask(route, `${list}/Sms`, { status: 501 }, { body: { state: "enabled" } });
}
