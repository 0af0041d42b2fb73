import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadTemporal, TemporalMissingError } from "../../../provider/dist/rollout/temporal/load.js";
import { clusterSettings, ClusterSettingsError } from "../../../provider/dist/rollout/temporal/settings.js";
import { testFolder } from "../util.ts";

describe("clusterSettings", () => {
  const folder = testFolder();

  it("is a server of this machine by default", () => {
    const expected = { address: "localhost:7233", namespace: "default", taskQueue: "entra-passkeys", codecKeys: [] };
    assert.deepEqual(clusterSettings({}, {}), expected);
    assert.deepEqual(clusterSettings({}, { TEMPORAL_ADDRESS: " ", TEMPORAL_NAMESPACE: "" }), expected);
  });

  it("takes flags before variables", () => {
    const env = { TEMPORAL_ADDRESS: "127.0.0.1:1", TEMPORAL_NAMESPACE: "a", TEMPORAL_TASK_QUEUE: "b" };
    const { address, namespace, taskQueue } = clusterSettings({ address: "[::1]:2", namespace: "c" }, env);
    assert.deepEqual([address, namespace, taskQueue], ["[::1]:2", "c", "b"]);
  });

  for (const address of [
    "temporal.bank.example:7233",
    "10.0.0.7:7233",
    "localhost.bank.example:7233",
    "[fd00::1]:7233",
    "0.0.0.0:7233",
  ]) {
    it(`refuses ${address} without TLS, and takes it with`, () => {
      assert.throws(() => clusterSettings({ address }, {}), /nothing says that it is reached by TLS/);
      assert.throws(() => clusterSettings({ address }, { TEMPORAL_TLS: "false" }), ClusterSettingsError);
      assert.equal(clusterSettings({ address, allowPlaintext: true }, {}).tls, undefined);
      assert.deepEqual(clusterSettings({ address }, { TEMPORAL_TLS: "true" }).tls, {});
      assert.deepEqual(clusterSettings({ address }, { TEMPORAL_API_KEY: "k" }).tls, {});
    });
  }

  it("reads certificates from files, or from variables", () => {
    const [crt, key] = [join(folder(), "crt"), join(folder(), "key")];
    writeFileSync(crt, "certificate");
    writeFileSync(key, "key");
    const { tls } = clusterSettings(
      { tlsCert: crt },
      { TEMPORAL_TLS_CLIENT_KEY_PATH: key, TEMPORAL_TLS_SERVER_CA_CERT_DATA: "ca" },
    );
    assert.deepEqual(tls, {
      clientCertPair: { crt: Buffer.from("certificate"), key: Buffer.from("key") },
      serverRootCACertificate: Buffer.from("ca"),
    });
    assert.throws(() => clusterSettings({ tlsCert: crt }, {}), /There is a TLS certificate for Temporal, and no key/);
    assert.throws(() => clusterSettings({ tlsCa: join(folder(), "none") }, {}), /cannot be read: ENOENT/);
  });

  it("refuses what would leave open who answers", () => {
    assert.throws(
      () => clusterSettings({}, { TEMPORAL_TLS_DISABLE_HOST_VERIFICATION: "true" }),
      /who answers would not be known/,
    );
    assert.throws(() => clusterSettings({}, { TEMPORAL_TLS: "0", TEMPORAL_API_KEY: "k" }), /need TLS/);
    for (const address of ["nowhere", "https://a:1", "a b:1", ""])
      assert.throws(() => clusterSettings({ address }, {}), /is no address/);
  });
});

describe("loadTemporal", () => {
  it("says which packages are missing, and how to get them", () => {
    const find = (name: string) => {
      if (name.endsWith("client")) throw new Error("not there");
    };
    assert.throws(
      () => loadTemporal(find),
      (error: Error) => {
        assert.ok(error instanceof TemporalMissingError);
        assert.match(
          error.message,
          /^@temporalio\/client is not installed, .* Run: npm install @temporalio\/worker@\^1\.24\.0 /,
        );
        return true;
      },
    );
  });
});
