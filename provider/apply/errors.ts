import { problemText } from "../policy/index.js";
import type { FacetChange, FacetName, Plan } from "../policy/index.js";

/** The plan was refused: before anything was written, or after what was written had been put back. */
export class PlanRefusedError extends Error {
  override readonly name = "PlanRefusedError";
  constructor(
    readonly plan: Plan,
    readonly outcome = "nothing was written",
    /** Other resources whose changes were planned together with this one, and fail with it. */
    readonly together: readonly string[] = [],
  ) {
    const others = together.length === 0 ? "" : ` It was planned together with ${together.join(", ")}.`;
    super(`The change was refused and ${outcome}. ${plan.refusals.map(problemText).join(" ")}${others}`);
  }
}

/** Someone else changed the same parts of the policy while a plan was running, again and again. */
export class ConflictError extends Error {
  override readonly name = "ConflictError";
  constructor(readonly facets: readonly FacetName[]) {
    super(
      `Someone else is changing the Passkey (FIDO2) policy at the same time: ${facets.join(", ")}. ` +
        "Find out who (Entra audit log, category Policy), then run pulumi up again.",
    );
  }
}

/** Graph answered that it took a change, but reading back did not show it in time. */
export class NotVisibleError extends Error {
  override readonly name = "NotVisibleError";
  constructor(
    readonly changes: readonly FacetChange[],
    readonly seconds: number,
  ) {
    super(
      `Microsoft Graph took the change of ${changes.map(({ facet }) => facet).join(", ")}, but ${seconds} seconds later it ` +
        "still answered the old value. Run pulumi up again: it reads what is there and finishes what is missing.",
    );
  }
}

/**
 * A write was sent again and again; each time its answer was lost (a cut connection, a time-out, a 5xx), and reading
 * showed that it had not happened.
 */
export class NotTakenError extends Error {
  override readonly name = "NotTakenError";
  constructor(
    document: string,
    parts: readonly string[],
    override readonly cause: Error,
  ) {
    const { status, code, requestId, clientRequestId } = cause as Readonly<
      Partial<Record<"status" | "code" | "requestId" | "clientRequestId", string | number>>
    > &
      Error;
    const ids = [requestId && `request-id ${requestId}`, clientRequestId && `client-request-id ${clientRequestId}`];
    const answer = [[status, code].filter(Boolean).join(" "), ...ids].filter(Boolean).join(", ");
    super(
      `Microsoft Graph did not take the change of ${parts.join(", ")} of ${document}: each time its answer was lost ` +
        `(${answer || cause.message}), and reading shows that nothing was written by it. Run pulumi up again later: it reads ` +
        "what is there and finishes what is missing.",
      { cause },
    );
  }
}

/** The engine that started this operation has ended, so nothing more is written on its behalf. */
export class EngineGoneError extends Error {
  override readonly name = "EngineGoneError";
  constructor() {
    super(
      "The Pulumi engine that started this update has ended. Nothing more was written. Run pulumi cancel, then pulumi up.",
    );
  }
}

/** The service refused a step of a plan. */
export class StepRefusedError extends Error {
  override readonly name = "StepRefusedError";
  constructor(
    readonly step: number,
    readonly steps: number,
    cause: Error,
  ) {
    super(`Step ${step} of ${steps} was refused: ${cause.message}`, { cause });
  }
}

/** Two resources of one program declare the same part of the policy. */
export class ClaimedError extends Error {
  override readonly name = "ClaimedError";
  constructor(
    readonly facet: FacetName,
    readonly owner: string,
  ) {
    super(`The resource ${owner} declares ${facet} already.`);
  }
}

/** Someone else changed the same members of a document while they were being written, again and again. */
export class OtherWriterError extends Error {
  override readonly name = "OtherWriterError";
  constructor(document: string, members: readonly string[]) {
    super(
      `Someone else is changing ${document} at the same time: ${members.join(", ")}. Find out who (Entra audit log, ` +
        "category Policy), then run pulumi up again.",
    );
  }
}

/** Graph answered that it took a change of a document, but reading back did not show it in time. */
export class StillOldError extends Error {
  override readonly name = "StillOldError";
  constructor(document: string, members: readonly string[], seconds: number) {
    super(
      `Microsoft Graph took the change of ${members.join(", ")} of ${document}, but ${seconds} seconds later it still ` +
        "answered the old value. Run pulumi up again: it reads what is there and finishes what is missing.",
    );
  }
}
