import { nurseKeys } from "../../examples/shared-tenant/models.ts";
import { pinsKeys } from "./pinned.ts";

describe("the example of a shared tenant", () => {
  pinsKeys(
    nurseKeys,
    "as a FIPS model with USB and NFC",
    ({ transports, fips, biometric }) =>
      transports.includes("usb") && transports.includes("nfc") && fips === true && !biometric,
  );
});
