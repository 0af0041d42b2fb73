import * as pulumi from "@pulumi/pulumi";
import { PasskeyPersona, type AcknowledgementInputs } from "pulumi-entra-passkeys";
import { adminRule } from "../admin-paw/rule.ts";
import { healthcareRule } from "../healthcare/rule.ts";
import { studentRule } from "../student/rule.ts";

/** What each kind of organisation is about: the people whose keys are ruled, and the rule. */
const PERSONAS = {
  students: { profileName: "Students", ...studentRule() },
  nurses: { profileName: "Nurses", ...healthcareRule() },
  administrators: { profileName: "Administrators", ...adminRule, exclusive: true },
} as const;

const config = new pulumi.Config();
const name = config.require("persona");
if (!Object.hasOwn(PERSONAS, name)) {
  throw new pulumi.RunError(
    `persona: "${name}" is none. Set one of ${Object.keys(PERSONAS).join(", ")} in tenants.yaml.`,
  );
}
const persona = PERSONAS[name as keyof typeof PERSONAS];
const acknowledge = config.getObject<AcknowledgementInputs | AcknowledgementInputs[]>("acknowledge");

/** The same program for every tenant; groups are called by their names, because each tenant has its own. */
const people = new PasskeyPersona(
  name,
  {
    ...persona,
    groups: [config.require("group")],
    breakGlass: { group: config.require("breakGlassGroup") },
    ...(acknowledge !== undefined && { acknowledge }),
  },
  { protect: config.getBoolean("protect") ?? true },
);

/** The id of the passkey profile, for targets of other stacks. */
export const profileId = people.profileId;
