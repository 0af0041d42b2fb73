import assert from "node:assert/strict";

import { guidFromName, isGuid, profileGuid } from "../../provider/dist/policy/index.js";
import { KEY_A } from "./util.ts";

describe("isGuid", () => {
  const table: [unknown, boolean][] = [
    [KEY_A, true],
    [KEY_A.toUpperCase(), true],
    ["00000000-0000-0000-0000-000000000000", true],
    [KEY_A.replaceAll("-", ""), false],
    [`{${KEY_A}}`, false],
    [`${KEY_A} `, false],
    [`${KEY_A}\n`, false],
    ["g0000000-0000-4000-8000-000000000000", false],
    ["all_users", false],
    ["", false],
    [undefined, false],
    [{ toString: () => KEY_A }, false],
  ];
  for (const [text, expected] of table) {
    it(`${expected ? "takes" : "refuses"} ${JSON.stringify(text)}`, () => assert.equal(isGuid(text), expected));
  }
});

describe("guidFromName", () => {
  const dns = "6ba7b810-9dad-11d1-80b4-00c04fd430c8";
  const url = "6ba7b811-9dad-11d1-80b4-00c04fd430c8";

  it("gives the vector of RFC 9562, appendix A.4", () =>
    assert.equal(guidFromName("www.example.com", dns), "2ed6657d-e927-568b-95e1-2665a8aea6a2"));

  // From Python's uuid.uuid5.
  it("gives Python's GUID for a name in Python's documentation", () =>
    assert.equal(guidFromName("python.org", dns), "886313e1-3b8a-5372-9b90-0c9aee199e5d"));

  it("reads a name as UTF-8 and a namespace in either letter case", () => {
    assert.equal(guidFromName("Schüler", url), "69299679-42df-5f69-b42e-7d1db1e081f8");
    assert.equal(guidFromName("a", url.toUpperCase()), guidFromName("a", url));
  });
});

describe("profileGuid", () => {
  const tenant = "11111111-2222-4333-8444-aaaaaaaaaaaa";

  it("is the same for the same tenant in either letter case", () =>
    assert.equal(profileGuid(tenant.toUpperCase(), "policy", "students"), profileGuid(tenant, "policy", "students")));

  it("is a GUID of version 5", () =>
    assert.match(
      profileGuid(tenant, "policy", "students"),
      /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-/,
    ));

  it("differs by tenant, owner and key", () => {
    const ids = [
      profileGuid(tenant, "policy", "students"),
      profileGuid(tenant.replace("1", "2"), "policy", "students"),
      profileGuid(tenant, "other", "students"),
      profileGuid(tenant, "policy", "nurses"),
      profileGuid(tenant, "policy", "Students"),
    ];
    assert.equal(new Set(ids).size, ids.length);
  });

  it("does not confuse names that hold a separator", () => {
    const ids = [
      profileGuid(tenant, "school/a", "b"),
      profileGuid(tenant, "school", "a/b"),
      profileGuid(tenant, "school%2Fa", "b"),
    ];
    assert.equal(new Set(ids).size, ids.length);
  });
});
