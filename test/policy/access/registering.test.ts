import assert from "node:assert/strict";
import { canRegisterFirstKey } from "../../../provider/dist/policy/access/index.js";
import { allow, AUTHENTICATOR, KEY_A, NURSES, STUDENTS } from "../util.ts";
import { table, unread } from "./firstKeyTable.ts";
import {
  asks,
  AUTHENTICATOR_APP,
  BOOTSTRAP,
  control,
  documents,
  everywhere,
  KEY,
  KEYS_ONLY,
  MFA,
  newcomer,
  passkeys,
  PAW,
  registering,
  REPORT_ONLY,
} from "./tenant.ts";

describe("canRegisterFirstKey", () => {
  describe("Conditional Access for registering", () => {
    const register = (grants: unknown, parts?: object, more?: object) => documents([registering(grants, parts, more)]);
    const users = (parts: object) => ({ users: { includeUsers: ["All"], ...parts } });
    table([
      { it: "is not there", documents: documents([]), answer: "accepted" },
      {
        it: "was not read",
        documents: unread("conditionalAccess"),
        answer: "unknown",
        rules: ["registerSecurityInfo"],
      },
      { it: "has a strength that was not read", documents: unread("strengths"), answer: "unknown" },
      {
        it: "asks for a key",
        documents: register(asks(KEYS_ONLY)),
        answer: "rejected",
        rules: ["registerSecurityInfo"],
      },
      { it: "blocks", documents: register(control("block")), answer: "rejected", rules: ["block"] },
      {
        it: "blocks, but not the person",
        documents: register(control("block"), {}, users({ excludeGroups: [STUDENTS] })),
        answer: "accepted",
      },
      { it: "blocks, and is off", documents: register(control("block"), { state: "disabled" }), answer: "accepted" },
      {
        it: "blocks, in a state of a newer kind",
        documents: register(control("block"), { state: "onTuesdays" }),
        answer: "unknown",
      },
      {
        it: "blocks who knows whom",
        documents: register(control("block"), {}, { users: "everyone" }),
        answer: "unknown",
      },
      {
        it: "blocks administrators",
        documents: register(control("block"), {}, { users: { includeRoles: ["r"] } }),
        answer: "accepted",
      },
      {
        it: "blocks administrators, who may be one",
        documents: register(control("block"), {}, { users: { includeRoles: ["r"] } }),
        who: { isAdmin: true },
        answer: "unknown",
      },
      {
        it: "blocks outside of trusted places",
        documents: register(
          control("block"),
          {},
          { locations: { includeLocations: ["All"], excludeLocations: ["AllTrusted"] } },
        ),
        answer: "unknown",
        says: /locations/,
      },
      { it: "asks for several factors, which a pass proves", documents: register(control("mfa")), answer: "accepted" },
      {
        it: "asks for a compliant device, which it is",
        documents: register(control("compliantDevice")),
        answer: "accepted",
      },
      {
        it: "asks for a compliant device, which it is not",
        documents: register(asks(BOOTSTRAP, { operator: "AND", builtInControls: ["compliantDevice"] })),
        device: { isRegistered: true, isCompliant: false },
        answer: "rejected",
        rules: ["registerSecurityInfo"],
        says: /asks for compliantDevice/,
      },
      {
        it: "asks for a compliant device, which is not known",
        documents: register(control("compliantDevice")),
        device: {},
        answer: "unknown",
      },
      {
        it: "asks for one of two things",
        documents: register({ ...control("compliantDevice", "mfa"), operator: "OR" }),
        device: { isRegistered: false },
        answer: "accepted",
      },
      { it: "asks for nothing that was answered", documents: register({}), answer: "unknown" },
      { it: "only controls the session", documents: register(null), answer: "accepted" },
      {
        it: "is about another action",
        documents: register(
          control("block"),
          {},
          { applications: { includeUserActions: ["urn:user:registerdevice"] } },
        ),
        answer: "accepted",
      },
      {
        it: "blocks from anything but a PAW, and this is one",
        documents: register(
          control("block"),
          {},
          { devices: { deviceFilter: { mode: "exclude", rule: 'device.extensionAttribute1 -eq "PAW"' } } },
        ),
        answer: "accepted",
      },
      {
        it: "blocks from anything but a PAW, and this is none",
        documents: register(
          control("block"),
          {},
          { devices: { deviceFilter: { mode: "exclude", rule: 'device.extensionAttribute1 -eq "PAW"' } } },
        ),
        device: { isRegistered: false },
        answer: "rejected",
        rules: ["block"],
      },
      {
        it: "names the person in vain where only old clients are meant",
        documents: register(control("block"), {}, { clientAppTypes: ["exchangeActiveSync", "other"] }),
        answer: "accepted",
      },
    ]);
  });

  describe("Conditional Access for all resources", () => {
    const alone = (parts?: object, more?: object) => documents([everywhere(asks(KEYS_ONLY), parts, more)]);
    const without = (...excludeApplications: string[]) => ({
      applications: { includeApplications: ["All"], excludeApplications },
    });
    table([
      {
        it: "makes a circle",
        documents: alone(),
        answer: "rejected",
        rules: ["circular"],
        says: /a key would be needed/,
      },
      { it: "makes none where it takes the pass", documents: documents([everywhere(asks(MFA))]), answer: "accepted" },
      { it: "makes none where a strength for registering is preferred", answer: "accepted" },
      {
        it: "makes one where the policy for registering does not mean the person",
        documents: documents([
          registering(asks(BOOTSTRAP), {}, { users: { includeGroups: [NURSES] } }),
          everywhere(asks(KEYS_ONLY)),
        ]),
        answer: "rejected",
        rules: ["circular"],
      },
      {
        it: "makes one where the policy for registering asks for no strength",
        documents: documents([registering(control("mfa")), everywhere(asks(KEYS_ONLY))]),
        answer: "rejected",
        rules: ["circular"],
      },
      {
        it: "makes one where the policy for registering only reports",
        documents: documents([registering(asks(BOOTSTRAP), REPORT_ONLY), everywhere(asks(KEYS_ONLY))]),
        answer: "rejected",
        rules: ["circular"],
      },
      {
        it: "asks for its other controls all the same",
        documents: documents([
          registering(asks(BOOTSTRAP)),
          everywhere(asks(KEYS_ONLY, { operator: "AND", builtInControls: ["compliantDevice"] })),
        ]),
        device: { isRegistered: true, isCompliant: false },
        answer: "rejected",
        rules: ["allResources"],
        says: /asks for compliantDevice/,
      },
      { it: "may make one where it leaves out some resource", documents: alone({}, without(KEY_A)), answer: "unknown" },
      {
        it: "makes one for keys where it leaves out Authenticator",
        documents: alone({}, without(AUTHENTICATOR_APP)),
        answer: "rejected",
      },
      {
        it: "makes none for Authenticator then",
        documents: {
          ...alone({}, without(AUTHENTICATOR_APP)),
          policy: passkeys({}, { keyRestrictions: allow(...AUTHENTICATOR) }),
        },
        key: { aaguid: AUTHENTICATOR[0]!.toUpperCase() },
        answer: "accepted",
      },
      {
        it: "may make one for some resources",
        documents: alone({}, { applications: { includeApplications: ["Office365"] } }),
        answer: "unknown",
      },
      {
        it: "only reports, and is named",
        documents: alone(REPORT_ONLY),
        answer: "accepted",
        rules: ["reportOnly"],
        says: /will block when switched on/,
      },
      {
        it: "only reports as the other does, and must not come first",
        documents: documents([registering(asks(BOOTSTRAP), REPORT_ONLY), everywhere(asks(KEYS_ONLY), REPORT_ONLY)]),
        answer: "accepted",
        rules: ["reportOnly"],
        says: /will block when switched on before the policies for registering/,
      },
    ]);

    it("names nothing of report-only policies that would not block", () => {
      const given = documents([registering(asks(BOOTSTRAP)), everywhere(asks(KEYS_ONLY), REPORT_ONLY)]);
      const { reasons } = canRegisterFirstKey(given, newcomer(), KEY, PAW);
      assert.deepEqual(
        reasons.filter(({ rule }) => rule === "reportOnly"),
        [],
      );
    });
  });
});
