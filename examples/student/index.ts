import * as pulumi from "@pulumi/pulumi";
import { PasskeyPolicy, type AcknowledgementInputs, type ProfileInputs } from "pulumi-entra-passkeys";
import { studentKeys } from "./models.ts";

const config = new pulumi.Config();
const studentsGroup = config.require("studentsGroup");
const allowSynced = config.getBoolean("allowSynced") ?? false;
const exclusive = config.getBoolean("exclusive") ?? true;
const breakGlassGroup = config.get("breakGlassGroup");
const acknowledge = config.getObject<AcknowledgementInputs>("acknowledge");

/** Keys on a lanyard: tapped or plugged in, proven to be one of the models when they are registered. */
const securityKeysOnly = {
  passkeyTypes: ["deviceBound"],
  attestationEnforcement: "registrationOnly",
  keyRestrictions: {
    isEnforced: true,
    enforcementType: "allow",
    models: studentKeys,
    microsoftAuthenticator: false,
  },
} satisfies ProfileInputs;

/**
 * Synced passkeys never attest, so attestation must be off; and without it an AAGUID is only what the passkey says of
 * itself, so that an enforced list would shut out honest password managers and stop nobody else.
 */
const syncedToo = {
  passkeyTypes: ["deviceBound", "synced"],
  attestationEnforcement: "disabled",
  keyRestrictions: { isEnforced: false, enforcementType: "allow", models: [] },
} satisfies ProfileInputs;

const policy = new PasskeyPolicy("students", {
  profiles: { students: { name: "Students", exclusive, ...(allowSynced ? syncedToo : securityKeysOnly) } },
  includeTargets: [{ group: studentsGroup, profiles: ["students"] }],
  onDestroy: "restore",
  ...(breakGlassGroup !== undefined && { breakGlass: { group: breakGlassGroup } }),
  ...(acknowledge !== undefined && { acknowledge }),
});

/** The id of the passkey profile, for example for the stack of another school. */
export const profileId = policy.profileIds.apply((ids) => ids?.["students"]);
