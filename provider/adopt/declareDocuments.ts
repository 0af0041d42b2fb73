import { ONE_TIME_PASS, PASSKEY, type CustomStrength } from "../policy/customStrength.js";
import { modelEntries } from "../policy/programWords.js";
import { PASS_SETTINGS, type PassTarget, type TemporaryAccessPass } from "../policy/temporaryAccessPass.js";
import type { PasskeyAuthenticationStrengthInputs } from "../resources/documents/authenticationStrength.js";
import type { TemporaryAccessPassPolicyInputs } from "../resources/documents/temporaryAccessPass.js";
import { defined, notGroup, type Declaration, type LeftOut } from "./declare.js";

/** Declares the Temporary Access Pass policy as it is. */
export function declarePass(pass: TemporaryAccessPass): Declaration<TemporaryAccessPassPolicyInputs> {
  const leftOut: LeftOut[] = [];
  const groups = (list: "includeTargets" | "excludeTargets", targets: readonly PassTarget[]) => {
    const ids = targets.flatMap(({ id, targetType }) => {
      if (targetType === "group") return [id.toLowerCase()];
      leftOut.push({ place: `temporaryAccessPass.${list}[${id}]`, reason: notGroup(targetType) });
      return [];
    });
    return ids.length === 0 ? undefined : [...new Set(ids)];
  };
  const settings = Object.fromEntries(PASS_SETTINGS.map((name) => [name, pass[name]]));
  const inputs = defined<TemporaryAccessPassPolicyInputs>({
    ...(settings as TemporaryAccessPassPolicyInputs),
    includeTargets: groups("includeTargets", pass.includeTargets),
    excludeTargets: groups("excludeTargets", pass.excludeTargets),
  });
  return { inputs, leftOut };
}

/** Declares a custom strength as it is, or says why it is none that this package declares. */
export function declareStrength(strength: CustomStrength): PasskeyAuthenticationStrengthInputs | string {
  const { displayName, description, allowedCombinations, fido2 } = strength;
  const other = allowedCombinations.filter((one) => one !== PASSKEY && one !== ONE_TIME_PASS);
  if (other.length > 0) return `other methods than passkeys satisfy it (${other.join(", ")})`;
  if (fido2 === undefined) return "it is not limited to models";
  const usual = allowedCombinations.length === 1 && allowedCombinations[0] === PASSKEY;
  return {
    displayName,
    ...(description !== "" && { description }),
    ...(!usual && {
      allowedCombinations: [...allowedCombinations] as NonNullable<
        PasskeyAuthenticationStrengthInputs["allowedCombinations"]
      >,
    }),
    models: modelEntries(fido2.allowedAAGUIDs).map(({ value }) => value),
    adopt: true,
  };
}
