import { studentKeys } from "../../examples/student/models.ts";
import { pinsKeys } from "./pinned.ts";

describe("the student example", () => {
  pinsKeys(
    studentKeys,
    "with USB and NFC",
    ({ transports }) => transports.includes("usb") && transports.includes("nfc"),
  );
});
