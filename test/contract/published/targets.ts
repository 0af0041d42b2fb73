import { many, nullable, required, shown, structure, words } from "../shape/type.ts";

/**
 * Targets of authentication methods, and the base of all configurations.
 *
 * Sources: CSDL of v1.0 and beta as it is generated into the packages `@microsoft/microsoft-graph-types` 2.43.1 and
 * `-types-beta` 0.44.0 (called "types" in this folder); learn.microsoft.com/graph/api/resources/excludetarget,
 * .../authenticationmethodtarget, .../authenticationmethodconfiguration.
 */

/** `all_users`, or the id of a group or user; a feature of Microsoft Authenticator has the zero GUID for nobody. */
const TARGET_ID = /^(all_users|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

export const targetType = words("user", "group");

export const entity = structure("entity", { id: required("Edm.String", { readOnly: true }) });

/** A complex type; both members are Nullable=false (CSDL). */
export const excludeTarget = structure("excludeTarget", {
  id: required("Edm.String", { format: TARGET_ID }),
  targetType: required(targetType),
});

export const authenticationMethodTarget = structure("authenticationMethodTarget", {
  id: required("Edm.String", { format: TARGET_ID }),
  targetType: required(targetType),
  isRegistrationRequired: required("Edm.Boolean"),
});

/** `id` and the rest: each type below adds its own. `state` has no unknownFutureValue (CSDL). */
export const configurationBase = structure(
  "authenticationMethodConfiguration",
  {
    state: shown(words("enabled", "disabled")),
    excludeTargets: required(many(excludeTarget)),
  },
  { base: entity },
);

/** Types: `includeTargets` of the methods that have no target type of their own. */
export const plainTargets = { includeTargets: required(many(authenticationMethodTarget), { navigation: true }) };

/** The state of a feature (types: advancedConfigState). */
export const featureState = words("default", "enabled", "disabled");

/** A feature is for one target or for none. Types: all nullable. */
const featureTarget = structure("featureTarget", {
  id: nullable("Edm.String", { format: TARGET_ID }),
  targetType: nullable(words("group", "administrativeUnit", "role")),
});

export const featureConfiguration = structure("authenticationMethodFeatureConfiguration", {
  state: nullable(featureState),
  includeTarget: nullable(featureTarget),
  excludeTarget: nullable(featureTarget),
});
