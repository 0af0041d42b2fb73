import assert from "node:assert/strict";
import type { MatrixCell } from "../../provider/dist/policy/access/index.js";
import { matrixTable } from "../../provider/dist/report/index.js";

const nurses = { name: "Nurses", groups: [] };
const pupils = { name: "Pupils\u001b[2J", groups: [] };
const key = { name: "YubiKey 5 NFC" };
const phone = { name: "Authenticator" };

const cells: MatrixCell[] = [
  {
    row: nurses,
    key,
    register: { answer: "accepted", reason: 'profile "Nurses" accepts it' },
    signIn: { answer: "accepted", reason: 'profile "Nurses" accepts it' },
  },
  {
    row: nurses,
    key: phone,
    register: { answer: "rejected", reason: "the key does not attest" },
    signIn: { answer: "unknown", reason: "the list could not be read", later: ["a policy may refuse it later"] },
  },
  {
    row: pupils,
    key: phone,
    register: { answer: "rejected", reason: "no include target means the person" },
    signIn: { answer: "rejected", reason: "no include target means the person" },
  },
];

describe("matrixTable", () => {
  it("is a line for each cell, people named once, a reason told once where both have it", () => {
    assert.deepEqual(matrixTable(cells).split("\n"), [
      "Who              Key            Register  Sign in  Why",
      'Nurses           YubiKey 5 NFC  yes       yes      profile "Nurses" accepts it',
      "                 Authenticator  no        unknown  register: the key does not attest; sign in: the list could not be read; a policy may refuse it later",
      "Pupils\\u001b[2J  Authenticator  no        no       no include target means the person",
    ]);
  });

  it("is its heading where there are no cells", () => {
    assert.equal(matrixTable([]), "Who  Key  Register  Sign in  Why");
  });
});
