import type { Acceptance } from "../acceptance.js";
import type { Problem } from "../problem.js";
import { blocks, isBlock, isExtensionAttribute } from "./deviceFilter.js";
import { comparisonsOf, parseDeviceRule } from "./deviceRule.js";
import type { ConditionalAccessPolicy, Device } from "./model.js";

export interface FilterFindings {
  readonly refusals: Problem[];
  readonly warnings: Problem[];
}

const WAY_OUT =
  'Write mode "exclude" with -eq, such as device.extensionAttribute1 -eq "PAW": the policy then blocks every device ' +
  "but those with the tag";

/**
 * What is wrong with the filter of a policy that blocks whatever is no privileged access workstation (PAW): refused where
 * it blocks a managed PAW that has its tag, or lets in a device without it, as mode "exclude" with `-ne` and mode
 * "include" with `-eq` do; a warning where that cannot be told. Says nothing of policies that do not block, or have no
 * filter.
 *
 * @param tags the extension attributes that make a device a PAW; default: those of the rule, each with its first value
 * @see https://learn.microsoft.com/entra/identity/conditional-access/concept-condition-filters-for-devices
 */
export function checkWorkstationFilter(
  policy: ConditionalAccessPolicy,
  tags: Readonly<Record<string, string>> = tagsOf(policy),
): FilterFindings {
  const findings: FilterFindings = { refusals: [], warnings: [] };
  const { deviceFilter } = policy.conditions.devices;
  if (deviceFilter === null || isBlock(policy) !== "accepted") return findings;
  const add = (list: Problem[], code: Problem["code"], reason: string) =>
    list.push({ code, place: "conditions.devices.deviceFilter", reason, wayOut: WAY_OUT });
  const told = `mode ${word(deviceFilter?.mode)} with the rule ${deviceFilter?.rule ?? "that was not answered"}`;
  if (Object.keys(tags).length === 0) {
    add(
      findings.warnings,
      "filterUnknown",
      `${told} names no extension attribute that could be read as the tag of a PAW`,
    );
    return findings;
  }
  for (const { name, device, wanted } of devicesFor(tags)) {
    const blocked = blocks(policy, device);
    if (blocked === wanted) continue;
    const does = wanted === "rejected" ? "block" : "let in";
    if (blocked === "unknown")
      add(findings.warnings, "filterUnknown", `${told} may ${does} ${name}: it cannot be told`);
    else add(findings.refusals, "invertedFilter", `${told} would ${does} ${name}`);
  }
  return findings;
}

const word = (mode: string | undefined) => (mode === undefined ? "that was not answered" : `"${mode}"`);

function tagsOf({ conditions }: ConditionalAccessPolicy): Record<string, string> {
  const parsed = parseDeviceRule(conditions.devices.deviceFilter?.rule ?? "");
  const tags: Record<string, string> = {};
  for (const { property, values } of parsed === undefined ? [] : comparisonsOf(parsed)) {
    if (isExtensionAttribute(property)) tags[property] ??= values[0]!;
  }
  return tags;
}

/** What nobody has as a tag. */
const OTHER = "\u0000";

interface Case {
  readonly name: string;
  readonly device: Device;
  /** Whether the policy has to block it. */
  readonly wanted: Acceptance;
}

function devicesFor(tags: Readonly<Record<string, string>>): Case[] {
  const managed = { isRegistered: true, isManaged: true, isCompliant: true, isHybridJoined: false };
  const others = Object.fromEntries(Object.keys(tags).map((name) => [name, OTHER]));
  const unmanaged = { isRegistered: true, isManaged: false, isCompliant: false, isHybridJoined: false };
  return [
    {
      name: "a managed workstation that has the tag",
      device: { ...managed, extensionAttributes: tags },
      wanted: "rejected",
    },
    { name: "a managed device without a tag", device: { ...managed, extensionAttributes: {} }, wanted: "accepted" },
    {
      name: "a managed device with another tag",
      device: { ...managed, extensionAttributes: others },
      wanted: "accepted",
    },
    { name: "a device that is not registered", device: { isRegistered: false }, wanted: "accepted" },
    {
      name: "a registered device that nobody manages",
      device: { ...unmanaged, extensionAttributes: tags },
      wanted: "accepted",
    },
  ];
}
