/**
 * Somebody's word that a plan may go ahead although people lose their last key, or although exclusive or administrators'
 * groups gain something. It is bound to one plan and ends on a day.
 */
export interface Acknowledgement {
  /** The digest that the preview printed. Another plan, or the same one on another policy, has another digest. */
  readonly plan: string;
  /** The most people who may be locked out. Default 0. */
  readonly lockedOut?: number;
  /** The most people who may be stranded. Default 0. */
  readonly stranded?: number;
  /** The most people of whom it may be unknown. Default 0. */
  readonly unknown?: number;
  /** Whether everything that the preview lists as exposure may become acceptable. Default false. */
  readonly exposure?: boolean;
  /** The last day (`YYYY-MM-DD`, UTC), or a time in ISO 8601. */
  readonly until: string;
  /** Why, for whoever reads it later. */
  readonly reason: string;
}

/** When an acknowledgement ends, in milliseconds since the epoch; `undefined` where `until` is neither day nor time. */
export function endOf({ until }: Pick<Acknowledgement, "until">): number | undefined {
  const day = /^\d{4}-\d{2}-\d{2}$/.test(until);
  const time = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/.test(until);
  if (!day && !time) return undefined;
  const end = Date.parse(day ? `${until}T23:59:59.999Z` : until);
  // JavaScript takes 30 February for a day of March.
  const date = new Date(`${until.slice(0, 10)}T00:00:00Z`);
  const exists =
    !Number.isNaN(end) && !Number.isNaN(date.valueOf()) && date.toISOString().startsWith(until.slice(0, 10));
  return exists ? end : undefined;
}

/** What an acknowledgement is worth for a plan: all of it, or why nothing. */
export type Standing = { readonly holds: Acknowledgement } | { readonly void: string } | undefined;

/** Of several acknowledgements the one for this plan that has not ended; else why none of them counts. */
export function acknowledgementFor(all: readonly Acknowledgement[], digest: string, now: number): Standing {
  const mine = all.filter(({ plan }) => plan.trim().toLowerCase() === digest);
  const holds = mine.find((one) => now <= (endOf(one) ?? Number.NEGATIVE_INFINITY));
  if (holds !== undefined) return { holds };
  if (mine.length > 0) return { void: `the acknowledgement ended on ${mine[0]!.until}` };
  if (all.length === 0) return undefined;
  return {
    void: `the acknowledgement is for the plan ${all.map(({ plan }) => plan).join(", ")}, and this is ${digest}`,
  };
}

/** What is wrong with the parts of an acknowledgement, each with its place below it; empty where nothing is. */
export function acknowledgementFaults(value: Acknowledgement): { readonly part: string; readonly reason: string }[] {
  const faults: { part: string; reason: string }[] = [];
  if (!/^[0-9a-f]{16}$/i.test(value.plan.trim())) {
    faults.push({ part: "plan", reason: `${JSON.stringify(value.plan)} is not the digest of a plan` });
  }
  if (endOf(value) === undefined) {
    faults.push({ part: "until", reason: `${JSON.stringify(value.until)} is neither a day (YYYY-MM-DD) nor a time` });
  }
  if (value.reason.trim() === "") faults.push({ part: "reason", reason: "it is empty" });
  for (const part of ["lockedOut", "stranded", "unknown"] as const) {
    const count = value[part];
    if (count !== undefined && !(Number.isInteger(count) && count >= 0)) {
      faults.push({ part, reason: `${JSON.stringify(count)} is not a number of people` });
    }
  }
  return faults;
}
