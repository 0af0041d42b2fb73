import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { PasskeyPersona, type PasskeyPersonaArgs } from "../../provider/dist/index.js";

interface Made {
  readonly type: string;
  readonly name: string;
  readonly inputs: Record<string, unknown>;
}

/** What a program with one persona asks the engine for. */
async function made(args: PasskeyPersonaArgs): Promise<{ profileId: string; resources: Made[] }> {
  const resources: Made[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource({ type, name, inputs }) {
        resources.push({ type, name, inputs: inputs as Made["inputs"] });
        const ids = Object.keys((inputs as { profiles?: object }).profiles ?? {});
        return {
          id: name,
          state: { ...inputs, profileIds: Object.fromEntries(ids.map((key) => [key, `id of ${key}`])) },
        };
      },
      call: () => ({}),
    },
    "hospital",
    "prod",
  );
  const persona = new PasskeyPersona("nurses", args);
  const profileId = await new Promise<string>((resolve) => void persona.profileId.apply(resolve));
  return { profileId, resources };
}

describe("PasskeyPersona", () => {
  const keyRestrictions = { models: ["YubiKey 5 Series with NFC"] };

  it("is strict where nothing is said", async () => {
    const { profileId, resources } = await made({ groups: ["Nurses", "Midwives"], keyRestrictions });
    assert.equal(profileId, "id of nurses");
    assert.deepEqual(
      resources.map(({ type, name }) => `${type} ${name}`),
      ["entra-passkeys:index:PasskeyPersona nurses", "pulumi-nodejs:dynamic/entra:PasskeyPolicy nurses"],
    );
    const { profiles, includeTargets, owner } = resources[1]!.inputs;
    assert.equal(owner, "hospital/prod/nurses");
    assert.deepEqual(profiles, {
      nurses: {
        name: "nurses",
        exclusive: true,
        passkeyTypes: ["deviceBound"],
        attestationEnforcement: "registrationOnly",
        keyRestrictions: { isEnforced: true, enforcementType: "allow", models: ["YubiKey 5 Series with NFC"] },
      },
    });
    assert.deepEqual(includeTargets, [
      { group: "Nurses", profiles: ["nurses"] },
      { group: "Midwives", profiles: ["nurses"] },
    ]);
  });

  it("takes what is said instead, and passes settings on", async () => {
    const { resources } = await made({
      groups: ["Nurses"],
      profileName: "Bedside",
      exclusive: false,
      passkeyTypes: ["deviceBound", "synced"],
      attestationEnforcement: "disabled",
      keyRestrictions: { isEnforced: false, enforcementType: undefined },
      removedIncludeTargets: ["all_users"],
      breakGlass: { group: "Break-glass" },
      lockoutGuard: "warn",
    });
    const { profiles, removedIncludeTargets, breakGlass, lockoutGuard } = resources[1]!.inputs;
    assert.deepEqual((profiles as Record<string, unknown>)["nurses"], {
      name: "Bedside",
      exclusive: false,
      passkeyTypes: ["deviceBound", "synced"],
      attestationEnforcement: "disabled",
      keyRestrictions: { isEnforced: false, enforcementType: "allow" },
    });
    assert.deepEqual(removedIncludeTargets, ["all_users"]);
    assert.deepEqual(breakGlass, { group: "Break-glass" });
    assert.equal(lockoutGuard, "warn");
  });

  it("has neither a name nor exclusiveness where the default profile carries it", async () => {
    const { profileId, resources } = await made({ groups: ["Nurses"], defaultProfile: true, keyRestrictions });
    const { profiles, includeTargets } = resources[1]!.inputs;
    assert.equal(profileId, "id of default");
    assert.deepEqual(Object.keys((profiles as { default: object }).default).sort(), [
      "attestationEnforcement",
      "keyRestrictions",
      "passkeyTypes",
    ]);
    assert.deepEqual(includeTargets, [{ group: "Nurses", profiles: ["default"] }]);
  });

  for (const own of [{ profileName: "Bedside" }, { exclusive: true }, { adopt: true }, { id: "x" }]) {
    it(`refuses ${Object.keys(own).join()} beside defaultProfile`, async () => {
      const args = { groups: ["Nurses"], defaultProfile: true, keyRestrictions, ...own };
      await assert.rejects(
        made(args),
        new RegExp(`PasskeyPersona nurses: ${Object.keys(own).join()} is of a profile of`),
      );
    });
  }
});
