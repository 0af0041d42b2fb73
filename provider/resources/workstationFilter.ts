import * as pulumi from "@pulumi/pulumi";
import type * as Access from "../policy/access/index.js";
import type * as ProblemModule from "../policy/problem.js";

/** A device filter, as `@pulumi/azuread` takes it in `conditions.devices.filter`. */
export interface WorkstationFilter {
  mode: string;
  rule: string;
}

/**
 * The device filter of a Conditional Access policy that blocks administrators wherever they are not on a privileged access
 * workstation (PAW), checked: mode and operator belong together, and the wrong pair blocks the PAWs and lets in the rest.
 *
 * @throws Error where it would block a managed PAW that has its tag, or let in a device without it. Where that cannot be
 * told, it warns.
 * @see https://learn.microsoft.com/entra/identity/conditional-access/concept-condition-filters-for-devices
 *
 * @example
 * conditions: { devices: { filter: workstationFilter({ mode: "exclude", rule: 'device.extensionAttribute1 -eq "PAW"' }) } }
 */
export function workstationFilter(filter: WorkstationFilter): WorkstationFilter {
  const access = require("../policy/access/index.js") as typeof Access;
  const { problemText } = require("../policy/problem.js") as typeof ProblemModule;
  const policy = access.readConditionalAccessPolicy({
    conditions: { devices: { deviceFilter: filter } },
    grantControls: { operator: "OR", builtInControls: ["block"] },
  });
  const { refusals, warnings } = access.checkWorkstationFilter(policy);
  if (refusals.length > 0) throw new Error(`workstationFilter: ${refusals.map(problemText).join(" ")}`);
  for (const warning of warnings) void pulumi.log.warn(`workstationFilter: ${problemText(warning)}`);
  return filter;
}
