import assert from "node:assert/strict";
import { startEmulator, type Emulator } from "../../provider/dist/emulator/index.js";
import { conditionalAccessPolicy } from "./published/conditional-access.ts";
import { anyObject, group, user } from "./published/directory.ts";
import * as envelopes from "./published/envelopes.ts";
import { fido2Configuration } from "./published/fido2.ts";
import { anyMethodConfiguration, methodsPolicy } from "./published/methods.ts";
import { anyMethod, passkey, registrationDetails } from "./published/registrations.ts";
import { anyCombination, strength, updateResult } from "./published/strengths.ts";
import { applicationId } from "./routes/directory.ts";
import { deviations, listDeviations, plainDeviations } from "./shape/check.ts";
import { changed, places } from "./shape/places.ts";
import { isCollection, isEnumeration, isStructure, type Structure, type Type, type Version } from "./shape/type.ts";
import { SWITCHES, VERSIONS, furnish } from "./tenant.ts";
import { World } from "./world.ts";

type Json = Record<string, unknown>;

const METHODS = "/policies/authenticationMethodsPolicy";
const STRENGTHS = "/policies/authenticationStrengthPolicies";
const REPORT = "/reports/authenticationMethods/userRegistrationDetails";

/** One answer of each family. */
const FAMILIES: Record<string, [Structure, (world: World) => Sent]> = {
  "the passkey policy": [fido2Configuration, () => ({ path: `${METHODS}/authenticationMethodConfigurations/fido2` })],
  "a method's configuration": [
    anyMethodConfiguration,
    () => ({ path: `${METHODS}/authenticationMethodConfigurations/MicrosoftAuthenticator` }),
  ],
  "the methods policy": [methodsPolicy, () => ({ path: METHODS })],
  "a group": [group, ({ tenant }) => ({ path: `/groups/${tenant.groups.get("Sales").id}` })],
  "a user": [user, ({ tenant }) => ({ path: `/users/${tenant.users.list()[0]?.id}` })],
  "an application": [anyObject, (world) => ({ path: `/directoryObjects/${applicationId(world)}` })],
  "a line of the report": [registrationDetails, ({ tenant }) => ({ path: `${REPORT}/${tenant.users.list()[0]?.id}` })],
  "a strength": [strength, ({ tenant }) => ({ path: `${STRENGTHS}/${tenant.authenticationStrengths.get("Keys").id}` })],
  "a change of combinations": [
    updateResult,
    ({ tenant }) => ({
      path: `${STRENGTHS}/${tenant.authenticationStrengths.get("Keys").id}/updateAllowedCombinations`,
      body: { allowedCombinations: ["fido2"] },
    }),
  ],
  "a Conditional Access policy": [
    conditionalAccessPolicy,
    ({ tenant }) => ({
      path: `/identity/conditionalAccess/policies/${tenant.conditionalAccessPolicies.get("Keys for all").id}`,
    }),
  ],
};

/** Lists, of which the envelope counts too. */
const LISTS: Record<string, [Structure, (world: World) => Sent]> = {
  passkeys: [passkey, ({ tenant }) => ({ path: `/users/${tenant.users.list()[0]?.id}/authentication/fido2Methods` })],
  methods: [anyMethod, ({ tenant }) => ({ path: `/users/${tenant.users.list()[0]?.id}/authentication/methods` })],
  members: [anyObject, ({ tenant }) => ({ path: `/groups/${tenant.groups.get("Sales").id}/members` })],
  configurations: [
    anyCombination,
    ({ tenant }) => ({
      path: `${STRENGTHS}/${tenant.authenticationStrengths.get("Keys").id}/combinationConfigurations`,
    }),
  ],
};

/** Answers that are not OData. */
const PLAIN: Record<string, [Structure, (world: World) => Sent]> = {
  "an error": [envelopes.graphError, () => ({ path: "/groups/nobody" })],
  "a batch": [
    envelopes.batchResponse,
    () => ({ path: "/$batch", body: { requests: [{ id: "1", method: "GET", url: "/users" }] } }),
  ],
  "the metadata of the cloud": [envelopes.metadataEndpoints, () => ({ root: "/metadata/endpoints" })],
  "the OpenID configuration": [
    envelopes.openIdConfiguration,
    ({ tenant }) => ({ root: `/${tenant.id}/v2.0/.well-known/openid-configuration` }),
  ],
  "a token": [envelopes.token, (world) => signIn(world, "client_credentials")],
  "an error of sign-in": [envelopes.tokenError, (world) => signIn(world, "password")],
};

interface Sent {
  /** Under the version. */
  path?: string;
  root?: string;
  body?: object;
  form?: Record<string, string>;
}

function signIn({ tenant }: World, grant_type: string): Sent {
  const { id: client_id, secret: client_secret } = tenant.client;
  const form = { client_id, client_secret, grant_type, scope: "https://graph.microsoft.com/.default" };
  return { root: `/${tenant.id}/oauth2/v2.0/token`, form };
}

for (const version of VERSIONS) {
  describe(`The comparison with what ${version} publishes`, () => {
    let emulator: Emulator;
    let world: World;

    before(async () => {
      emulator = await startEmulator({ seed: "contoso-profiles", switches: SWITCHES });
      furnish(emulator, emulator.tenant().id);
      world = new World(emulator, emulator.tenant(), version);
      emulator.token();
    });
    after(() => emulator.close());

    const asked = () => ({ version, origin: emulator.url });

    for (const [name, [shape, sent]] of Object.entries(FAMILIES)) {
      it(`sees every mutation of ${name}`, async () => {
        const body = await answer(world, sent(world));
        seesAll(body, shape, version, (mutant) => deviations(mutant, shape, asked()));
        assert.match(deviations({ ...body, "@odata.context": "x" }, shape, asked()).join(), /@odata\.context: /);
        assert.match(deviations({ ...body, "@odata.type": "#x" }, shape, asked()).join(), /@odata\.type: "#x" is no /);
      });
    }

    for (const [name, [item, sent]] of Object.entries(LISTS)) {
      it(`sees every mutation of a list of ${name}`, async () => {
        const body = await answer(world, sent(world));
        const value = body["value"] as Json[];
        assert.ok(value.length > 0);
        value.forEach((one, index) =>
          seesAll(
            one,
            item,
            version,
            (mutant) => listDeviations({ ...body, value: value.with(index, mutant) }, item, asked()),
            `value[${index}].`,
          ),
        );
        const of = (change: Json) => listDeviations({ ...body, ...change }, item, asked()).join();
        assert.match(of({ more: 1 }), /more: a collection has no such member/);
        assert.match(of({ value: null }), /value: expected an array/);
        assert.match(of({ "@odata.count": 1 }), /@odata\.count: a collection has no such member/);
        assert.match(of({ "@odata.nextLink": "/relative" }), /@odata\.nextLink: expected an absolute address/);
        assert.match(of({ "@odata.context": undefined }), /@odata\.context: expected one of/);
      });
    }

    for (const [name, [shape, sent]] of Object.entries(PLAIN)) {
      it(`sees every mutation of ${name}`, async () => {
        const body = await answer(world, sent(world));
        seesAll(body, shape, version, (mutant) => plainDeviations(mutant, shape));
      });
    }

    it("sees what a selection gives too much and too little", async () => {
      const { id } = world.tenant.groups.get("Sales");
      const body = await answer(world, { path: `/groups/${id}?$select=id,displayName` });
      const select = ["id", "displayName"];
      const of = (one: Json) => deviations(one, group, { ...asked(), select });
      assert.deepEqual(of(body), []);
      assert.deepEqual(of({ ...body, description: null }), ["description: was not selected"]);
      const { displayName: _, ...less } = body;
      assert.deepEqual(of(less), ["displayName: missing"]);
      const whole = await answer(world, { path: `/groups/${id}` });
      const hidden = deviations({ ...whole, allowExternalSenders: false }, group, asked());
      assert.deepEqual(hidden, ["allowExternalSenders: is answered on $select only"]);
    });

    it("sees the forms of ids and times", async () => {
      const policy = await answer(world, { path: METHODS });
      const of = (change: Json) => deviations({ ...policy, ...change }, methodsPolicy, asked()).join();
      assert.match(of({ lastModifiedDateTime: "2026-01-01T00:00:00Z" }), /lastModifiedDateTime: .* documented form/);
      assert.match(of({ lastModifiedDateTime: "2026-01-01" }), /lastModifiedDateTime: expected Edm\.DateTimeOffset/);
      const [fido2] = policy["authenticationMethodConfigurations"] as Json[];
      const lower = deviations(
        { ...fido2, "@odata.context": policy["@odata.context"], id: "fido2" },
        fido2Configuration,
        asked(),
      );
      assert.match(lower.join(), /^id: "fido2" has not the documented form/);
    });
  });
}

/** Renames, takes away, nulls and mistypes every property of a body: each has to be said, with its place. */
function seesAll(body: Json, shape: Structure, version: Version, check: (mutant: Json) => string[], prefix = ""): void {
  assert.deepEqual(check(body), [], "the answer itself is right");
  const all = places(body, shape, version);
  assert.ok(all.length > 0);
  for (const { keys, name, property, at } of all) {
    const says = (what: string, mutant: Json, line: string) => {
      const found = check(mutant);
      assert.ok(
        found.some((one) => one.startsWith(`${prefix}${line}`)),
        `${what} of ${at}: ${found.join("; ") || "nothing seen"}`,
      );
    };
    const place = at.slice(0, at.length - name.length);
    const renamed = changed(body, keys, (object) => {
      object[`${name}X`] = object[name];
      delete object[name];
    });
    says("new name", renamed, `${place}${name}X: `);
    if (property.answered === "always") {
      says("new name", renamed, `${at}: missing`);
      says(
        "absence",
        changed(body, keys, (object) => delete object[name]),
        `${at}: missing`,
      );
    }
    if (!property.nullable || isCollection(property.type)) {
      says(
        "null",
        changed(body, keys, (object) => (object[name] = null)),
        `${at}: may not be null`,
      );
    }
    says(
      "wrong type",
      changed(body, keys, (object) => (object[name] = wrong(property.type))),
      `${at}: expected `,
    );
  }
}

function wrong(type: Type): unknown {
  if (isCollection(type) || isStructure(type) || isEnumeration(type)) {
    return 7;
  }
  return type === "Edm.Boolean" || type === "Edm.Int32" ? "text" : 7;
}

async function answer(world: World, { path, root, body, form }: Sent): Promise<Json> {
  const { emulator, tenant, version } = world;
  const sent = body === undefined ? undefined : JSON.stringify(body);
  const response = await fetch(emulator.url + (root ?? `/${version}${path}`), {
    method: sent === undefined && form === undefined ? "GET" : "POST",
    headers: {
      authorization: `Bearer ${emulator.token(tenant.id)}`,
      ...(sent === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(form === undefined ? (sent === undefined ? {} : { body: sent }) : { body: new URLSearchParams(form) }),
  });
  return (await response.json()) as Json;
}
