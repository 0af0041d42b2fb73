import { GraphError, LicenceError, PermissionError } from "../graph/index.js";

/** What came of a read. */
export type Answer<T> =
  | { readonly value: T }
  | {
      /** Why there is nothing: a permission, a licence, or anything else. */
      readonly kind: "permission" | "licence" | "other";
      /** What happened, in one sentence, without what a service says about people. */
      readonly reason: string;
    };

/** Waits for a read and keeps its failure as an answer; what is no failure of the service is thrown. */
export async function answerOf<T>(reading: Promise<T>): Promise<Answer<T>> {
  try {
    return { value: await reading };
  } catch (error) {
    if (!(error instanceof GraphError)) throw error;
    const { action, status, code } = error;
    const answer = [status, code].filter((part) => part !== undefined).join(" ");
    return {
      kind: error instanceof LicenceError ? "licence" : error instanceof PermissionError ? "permission" : "other",
      reason: answer === "" ? `${action} failed` : `${action} was answered with ${answer}`,
    };
  }
}

/** The value, where there is one. */
export const valueOf = <T>(answer: Answer<T> | undefined): T | undefined =>
  answer !== undefined && "value" in answer ? answer.value : undefined;
