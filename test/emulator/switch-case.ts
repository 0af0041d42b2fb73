import assert from "node:assert/strict";
import type { Emulator, RenderedFido2Policy, SwitchName } from "../../provider/dist/emulator/index.js";
import { DEFAULT_PROFILE } from "./util.ts";

export const OTHER = "11111111-2222-4333-8444-555555555555";
export const NOBODY = "99999999-2222-4333-8444-555555555555";

/** What came of an attempt. */
export interface Outcome {
  status: number;
  policy: RenderedFido2Policy;
  body: Record<string, unknown>;
}

/** One switch: what to try, and what to see for each of its answers. */
export interface Case {
  name: SwitchName;
  seed?: "contoso-legacy" | "contoso-profiles";
  prepare?(emulator: Emulator): void;
  /** Body of a PATCH, or any other request. */
  patch?(policy: RenderedFido2Policy, emulator: Emulator): object;
  request?(emulator: Emulator): Promise<{ status: number; body: Record<string, unknown> }>;
  answers: Record<string, (outcome: Outcome, before: RenderedFido2Policy) => void>;
}

export const ok = ({ status }: Outcome) => assert.ok(status < 300, `status ${status}`);
export const refused = (outcome: Outcome, before: RenderedFido2Policy) => {
  assert.equal(outcome.status, 400);
  assert.deepEqual(outcome.policy, before);
};
export const standard = (policy: RenderedFido2Policy) => {
  const found = policy.passkeyProfiles.find((one) => one.id === DEFAULT_PROFILE);
  assert.ok(found);
  return found;
};
export const second = (policy: RenderedFido2Policy) => {
  const found = policy.passkeyProfiles[1];
  assert.ok(found);
  return found;
};
export const restrict = (aaGuids: string[], isEnforced = true) => ({
  keyRestrictions: { isEnforced, enforcementType: "allow", aaGuids },
});
export const list = (policy: RenderedFido2Policy) => policy.keyRestrictions?.aaGuids;
export const stored = (emulator: Emulator, aaGuids: string[], isEnforced = true) =>
  emulator.tenant().setPolicy(restrict(aaGuids, isEnforced));
export const size = (value: unknown) => Buffer.byteLength(JSON.stringify(value));
