import assert from "node:assert/strict";
import { readTokenFacts } from "../../provider/dist/graph/index.js";

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
const jwt = (claims: object) => `${part({ alg: "RS256", typ: "JWT" })}.${part(claims)}.c2lnbmF0dXJl`;
const TENANT = "8B1F0D3A-52C4-4C1E-9D0A-6F2F7C1B9A01";

describe("readTokenFacts", () => {
  it("says what an application may do", () => {
    const facts = readTokenFacts(
      jwt({
        ...{ tid: TENANT, appid: "app", oid: "principal", idtyp: "app", aud: "https://graph.microsoft.com" },
        ...{ roles: ["Policy.Read.All"], iat: 1_000, nbf: 1_000, exp: 4_600 },
      }),
    );
    assert.deepEqual(facts, {
      ...{ user: false, tenantId: TENANT.toLowerCase(), appId: "app", objectId: "principal" },
      ...{ audience: "https://graph.microsoft.com", permissions: ["Policy.Read.All"] },
      ...{ issued: 1_000_000, expires: 4_600_000 },
    });
  });

  it("says what a user may do, and never who it is", () => {
    const claims = { azp: "cli", scp: "User.Read  Group.Read.All", wids: ["role"], roles: ["ofTheApplication"] };
    const names = { upn: "ann@contoso.example", unique_name: "ann", name: "Ann Archer", email: "ann@contoso.example" };
    const facts = readTokenFacts(jwt({ ...claims, ...names }));
    assert.deepEqual(facts, {
      ...{ user: true, appId: "cli", permissions: ["User.Read", "Group.Read.All"], roleIds: ["role"] },
    });
    assert.doesNotMatch(JSON.stringify(facts), /ann/i);
  });

  it("takes nothing for known that the token does not say", () => {
    assert.deepEqual(readTokenFacts(jwt({})), { user: false });
    assert.deepEqual(readTokenFacts(jwt({ roles: "Policy.Read.All", exp: "soon", tid: 7, aud: [""] })), {
      user: false,
    });
    assert.deepEqual(readTokenFacts(jwt({ idtyp: "app", scp: "x" })), { user: false }, "idtyp decides");
  });

  for (const token of ["", "opaque", "a.b", "a.b.c", `a.${part([] as unknown as object)}.c`, "1.2.3.4.5"]) {
    it(`knows nothing of ${JSON.stringify(token)}`, () => assert.equal(readTokenFacts(token), undefined));
  }
});
