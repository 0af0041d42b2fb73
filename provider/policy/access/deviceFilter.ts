import { any, both, not, yes } from "../acceptance.js";
import type { Acceptance } from "../acceptance.js";
import { parseDeviceRule } from "./deviceRule.js";
import type { DeviceComparison, DeviceRule } from "./deviceRule.js";
import type { ConditionalAccessFilter, ConditionalAccessPolicy, Device } from "./model.js";

/** Properties that a filter may look at. A rule about any other one would be refused, or means something newer. */
const PROPERTIES = new Set(
  (
    "deviceId displayName deviceOwnership enrollmentProfileName isCompliant manufacturer mdmAppId model operatingSystem " +
    "operatingSystemVersion physicalIds profileType systemLabels trustType"
  )
    .toLowerCase()
    .split(" "),
);

const EXTENSION = /^extensionattribute(?:[1-9]|1[0-5])$/;

/** Whether a property is one of the fifteen that an organisation fills as it likes. */
export const isExtensionAttribute = (property: string): boolean => EXTENSION.test(property);

/**
 * What a device has for a property: a text, nothing, nothing that is known, or nothing that the service can see. The
 * service sees extension attributes of managed, compliant and hybrid joined devices only, and whether a negative operator
 * holds of the others can be read both ways in Microsoft's table.
 */
type Value = { readonly text: string } | "none" | "unknown" | "unseen" | "unregistered";

function valueOf(property: string, device: Device): Value {
  const extension = isExtensionAttribute(property);
  if (!extension && !PROPERTIES.has(property)) return "unknown";
  if (device.isRegistered === false) return "unregistered";
  if (device.isRegistered === undefined) return "unknown";
  if (extension) return attribute(property, device);
  if (property === "iscompliant") {
    return device.isCompliant === undefined ? "unknown" : { text: device.isCompliant ? "True" : "False" };
  }
  if (property === "trusttype" && device.isHybridJoined === true) return { text: "ServerAD" };
  return "unknown";
}

function attribute(property: string, device: Device): Value {
  const seen = any([device.isManaged, device.isCompliant, device.isHybridJoined].map(known));
  if (seen === "rejected") return "unseen";
  if (seen === "unknown" || device.extensionAttributes === undefined) return "unknown";
  const found = Object.entries(device.extensionAttributes).find(([name]) => name.toLowerCase() === property)?.[1];
  return typeof found === "string" && found !== "" ? { text: found } : "none";
}

/** Yes or no where it is known. */
export const known = (value: boolean | undefined): Acceptance => (value === undefined ? "unknown" : yes(value));

const MATCHES: Readonly<Record<DeviceComparison["operator"], (text: string, value: string) => boolean>> = {
  eq: (text, value) => text === value,
  in: (text, value) => text === value,
  startswith: (text, value) => text.startsWith(value),
  endswith: (text, value) => text.endsWith(value),
  contains: (text, value) => text.includes(value),
};

/** Texts that differ in letter case only: whether they match is not said for filters. */
function matches({ property, operator, values }: DeviceComparison, text: string): Acceptance {
  const match = MATCHES[operator];
  if (values.some((value) => match(text, value))) return "accepted";
  const lower = text.toLowerCase();
  if (!values.some((value) => match(lower, value.toLowerCase()))) return "rejected";
  return property === "iscompliant" ? "accepted" : "unknown";
}

/** @param turned whether an odd number of `not` stands before it */
function compare(comparison: DeviceComparison, device: Device, turned: boolean): Acceptance {
  const { negative } = comparison;
  const value = valueOf(comparison.property, device);
  if (value === "unknown") return "unknown";
  if (typeof value === "object")
    return negative ? not(matches(comparison, value.text)) : matches(comparison, value.text);
  // Microsoft's table tells what operators do on devices without the property, and nothing of a `not` before them.
  if (turned && value !== "none") return "unknown";
  if (negative) return value === "unseen" ? "unknown" : "accepted";
  return "rejected";
}

function evaluate(rule: DeviceRule, device: Device, turned: boolean): Acceptance {
  if (rule.kind === "comparison") return compare(rule, device, turned);
  if (rule.kind === "not") return not(evaluate(rule.rule, device, !turned));
  const parts = rule.rules.map((part) => evaluate(part, device, turned));
  return rule.kind === "or" ? any(parts) : parts.reduce(both);
}

/**
 * Whether a device matches a rule. On a device that is not registered every property is null: positive operators do not
 * match, negative ones do.
 *
 * @see https://learn.microsoft.com/entra/identity/conditional-access/concept-condition-filters-for-devices
 */
export function matchesRule(rule: string | undefined, device: Device): Acceptance {
  const parsed = rule === undefined ? undefined : parseDeviceRule(rule);
  return parsed === undefined ? "unknown" : evaluate(parsed, device, false);
}

/** Whether a filter leaves a policy in force on a device. Without a filter it is in force everywhere. */
export function inForceOn(filter: ConditionalAccessFilter | null | undefined, device: Device | undefined): Acceptance {
  if (filter === null) return "accepted";
  if (filter === undefined || device === undefined) return "unknown";
  const matched = matchesRule(filter.rule, device);
  if (filter.mode === "include") return matched;
  return filter.mode === "exclude" ? not(matched) : "unknown";
}

/** Whether a policy is one that blocks. A block beats every other control. */
export function isBlock({ grantControls }: ConditionalAccessPolicy): Acceptance {
  if (grantControls === null) return "rejected";
  const controls = grantControls?.builtInControls;
  return controls === undefined ? "unknown" : yes(controls.some((control) => control.toLowerCase() === "block"));
}

/**
 * Whether a policy blocks what is done on a device, as soon as it is enabled and means the person and the resource:
 * `accepted` is yes.
 */
export function blocks(policy: ConditionalAccessPolicy, device: Device | undefined): Acceptance {
  return both(isBlock(policy), inForceOn(policy.conditions.devices.deviceFilter, device));
}
