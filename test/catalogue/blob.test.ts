import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { readBlob } from "../../tools/catalogue/blob.ts";
import { toCatalogue, toText } from "../../tools/catalogue/generate.ts";
import { BlobError, officialTrust } from "../../tools/catalogue/trust.ts";
import { authority, NOW, SIGNER, type Changes } from "./signing.ts";

const AAGUID = "12345678-1234-4234-8234-123456789012";

/** An entry in the form of the metadata service, with what we do not use in it too. */
function entry(changed: Record<string, unknown> = {}, statement: Record<string, unknown> = {}) {
  return {
    aaguid: AAGUID,
    metadataStatement: {
      aaguid: AAGUID,
      description: "YubiKey 9 Bio",
      protocolFamily: "fido2",
      attestationTypes: ["basic_full"],
      keyProtection: ["hardware", "secure_element"],
      attachmentHint: ["external", "wired"],
      userVerificationDetails: [
        [{ userVerificationMethod: "passcode_external" }, { userVerificationMethod: "presence_internal" }],
        [{ userVerificationMethod: "fingerprint_internal" }],
      ],
      authenticatorGetInfo: {
        versions: ["FIDO_2_0", "FIDO_2_1"],
        extensions: ["credProtect", "hmac-secret"],
        transports: ["usb"],
        options: { rk: true, up: true },
      },
      ...statement,
    },
    statusReports: [{ status: "FIDO_CERTIFIED_L2", effectiveDate: "2026-01-02", certificateNumber: "1" }],
    timeOfLastStatusChange: "2026-01-03",
    ...changed,
  };
}

const u2f = { attestationCertificateKeyIdentifiers: ["ab"], metadataStatement: { description: "Old key" } };
const payload = (...entries: unknown[]) => ({ legalHeader: "...", no: 300, nextUpdate: "2026-07-01", entries });

async function read(content: unknown, changes?: Changes) {
  const { trust, sign } = authority(changes);
  return readBlob(await sign(content), trust);
}

const refuses = (promise: Promise<unknown>, message: RegExp) =>
  assert.rejects(promise, (error: Error) => {
    assert.ok(error instanceof BlobError, error.stack);
    assert.match(error.message, message);
    return true;
  });

describe("readBlob", () => {
  it("reads what the right signer has signed", async () => {
    const { metadata, skipped, warnings } = await read(payload(u2f, entry(), u2f));
    assert.deepEqual(metadata, {
      number: 300,
      nextUpdate: "2026-07-01",
      entries: [
        {
          aaguid: AAGUID,
          description: "YubiKey 9 Bio",
          transports: ["usb"],
          attachmentHint: ["external", "wired"],
          biometric: true,
          keyProtection: ["hardware", "secure_element"],
          attestationTypes: ["basic_full"],
          versions: ["FIDO_2_0", "FIDO_2_1"],
          extensions: ["credProtect", "hmac-secret"],
          residentKey: true,
          statusReports: [{ status: "FIDO_CERTIFIED_L2", effectiveDate: "2026-01-02" }],
        },
      ],
    });
    assert.deepEqual([skipped, warnings], [2, []]);
  });

  it("takes a PIN for no biometric, and what an entry does not tell for not there", async () => {
    const { metadata } = await read(
      payload(entry({}, { userVerificationDetails: undefined, authenticatorGetInfo: {} })),
    );
    const [only] = metadata.entries;
    assert.deepEqual([only?.biometric, only?.residentKey, only?.transports], [false, false, []]);
  });

  it("dates a report without a date by the last change", async () => {
    const { metadata } = await read(payload(entry({ statusReports: [{ status: "REVOKED" }] })));
    assert.deepEqual(metadata.entries[0]?.statusReports, [{ status: "REVOKED", effectiveDate: "2026-01-03" }]);
  });

  it("warns of an edition that is overdue and of an entry without a statement", async () => {
    const { trust, sign } = authority();
    const other = { ...entry(), aaguid: AAGUID.replace("1", "2"), metadataStatement: undefined };
    const blob = await sign({ ...payload(entry(), other), nextUpdate: "2026-06-01" });
    const { warnings, metadata } = await readBlob(blob, trust);
    assert.equal(metadata.entries.length, 1);
    assert.match(warnings.join("\n"), /^2\S+ has no metadata statement.*\na newer edition was due on 2026-06-01$/);
  });

  it("takes the root in the header along, and line breaks around the BLOB", async () => {
    const { trust, sign } = authority({ x5c: (...chain) => chain });
    assert.equal((await readBlob(`\n${await sign(payload(entry()))}\n`, trust)).metadata.entries.length, 1);
  });

  it("gives the same bytes for the same BLOB, and for the same entries in another order", async () => {
    const other = entry({ aaguid: AAGUID.replace("1", "2") }, { description: "Key B" });
    const { trust, sign } = authority();
    const text = async (...entries: unknown[]) =>
      toText(toCatalogue((await readBlob(await sign(payload(...entries)), trust)).metadata));
    const first = await text(entry(), other);
    assert.equal(await text(entry(), other), first);
    assert.equal(await text(other, u2f, entry()), first);
  });

  const chains: [string, Changes, RegExp][] = [
    ["an expired signer", { leaf: { until: "2026-06-15T11:59:59Z" } }, /mds\.fidoalliance\.org" ended on 2026-06-15/],
    ["a signer of the future", { leaf: { from: "2026-06-16" } }, /not valid before 2026-06-16/],
    ["an expired certificate in between", { intermediate: { until: "2026-02-01" } }, /Intermediate" ended on/],
    ["another name", { leaf: { name: "evil.example.org" } }, /is for "CN=evil\.example\.org", not for mds/],
    ["a name that only looks right", { leaf: { name: `${SIGNER}.example.org` } }, /is for /],
    ["a wildcard", { leaf: { name: "*.fidoalliance.org" } }, /is for /],
    ["a missing intermediate", { x5c: (leaf) => [leaf] }, /was not issued by "CN=Test Root"; a certificate is missing/],
    ["certificates in the wrong order", { x5c: (a, b, c) => [a, c, b] }, /was not issued by/],
    ["an intermediate that is no authority", { intermediate: { ca: false } }, /was not issued by/],
    ["no certificates", { x5c: () => [] }, /no list of 1 to 5 certificates/],
    ["no list of certificates", { x5c: () => undefined }, /no list of 1 to 5 certificates/],
    ["too many certificates", { x5c: (a, b) => [a, b, b, b, b, b] }, /no list of 1 to 5/],
    ["a certificate that is none", { x5c: (a) => [a, "AAAA"] }, /certificate 1 of the header cannot be read/],
  ];
  for (const [what, changes, message] of chains) {
    it(`refuses ${what}`, () => refuses(read(payload(entry()), changes), message));
  }

  it("refuses another root, with the same name or in the header", async () => {
    const [ours, theirs] = [authority(), authority({ x5c: (...chain) => chain, others: true })];
    await refuses(readBlob(await theirs.sign(payload(entry())), ours.trust), /was not issued by "CN=Test Root"/);
  });

  it("refuses a test authority where the official one is wanted", async () => {
    const { sign } = authority();
    await refuses(readBlob(await sign(payload(entry())), officialTrust(NOW)), /was not issued by .*GlobalSign/);
  });

  it("refuses a signature of somebody else's key under the right certificates", async () => {
    const [ours, theirs] = [authority(), authority({ others: true })];
    const [header] = (await ours.sign(payload(entry()))).split(".");
    const [, content] = (await theirs.sign(payload(entry()))).split(".");
    const [, , signature] = (await theirs.sign(payload(entry()))).split(".");
    await refuses(readBlob([header, content, signature].join("."), ours.trust), /signature does not fit/);
  });

  it("refuses a changed payload, a changed signature, and what is cut off", async () => {
    const { trust, sign } = authority();
    const blob = await sign(payload(entry()));
    const [header, , signature] = blob.split(".");
    const changed = Buffer.from(JSON.stringify(payload(entry({}, { description: "Evil" })))).toString("base64url");
    await refuses(readBlob([header, changed, signature].join("."), trust), /signature does not fit/);
    await refuses(readBlob(blob.replace(/\.[^.]{8}([^.]+)$/, ".AAAAAAAA$1"), trust), /signature does not fit/);
    await refuses(readBlob(blob.slice(0, -10), trust), /signature does not fit/);
    await refuses(readBlob(blob.slice(0, blob.lastIndexOf(".")), trust), /not a whole BLOB/);
    await refuses(readBlob(blob.slice(0, 200), trust), /not a whole BLOB/);
    for (const text of ["", "<!doctype html>", "{}"]) await refuses(readBlob(text, trust), /not a whole BLOB/);
  });

  it("refuses a BLOB without a signature, or with one that anyone can make", async () => {
    const { trust, sign } = authority();
    const [header, content] = (await sign(payload(entry()))).split(".");
    const { x5c } = JSON.parse(Buffer.from(header!, "base64url").toString()) as { x5c: string[] };
    const forged = (alg: string) => `${Buffer.from(JSON.stringify({ alg, x5c })).toString("base64url")}.${content}`;
    await refuses(readBlob(`${forged("none")}.`, trust), /signed with "none", not with RS256 or ES256/);
    const hmac = createHmac("sha256", Buffer.from(x5c[0]!, "base64")).update(forged("HS256")).digest("base64url");
    await refuses(readBlob(`${forged("HS256")}.${hmac}`, trust), /signed with "HS256"/);
  });

  for (const [what, content, message] of [
    ["no entries", payload(), /has no entries/],
    ["entries without FIDO2 among them", payload(u2f), /has no entries/],
    ["no number", { ...payload(entry()), no: undefined }, /no edition number/],
    ["no date", { ...payload(entry()), nextUpdate: "soon" }, /nextUpdate is not a date/],
    ["one AAGUID twice", payload(entry(), entry()), /share an AAGUID/],
    ["an AAGUID that is none", payload(entry({ aaguid: "1234" })), /no AAGUID/],
    ["a list", [], /holds no object/],
    ["no JSON", "not JSON", /holds no JSON/],
  ] as const) {
    it(`refuses a signed BLOB with ${what}`, () => refuses(read(content), message));
  }
});

describe("officialTrust", () => {
  it("pins GlobalSign's root R3 and the names of the FIDO Alliance", () => {
    const { root, names } = officialTrust(NOW);
    assert.match(root.subject, /GlobalSign Root CA - R3/);
    assert.deepEqual(names, ["mds.fidoalliance.org", "mds3.fidoalliance.org"]);
  });
});
