import { graphErrors } from "../errors.js";
import type { SignedCall } from "./call.js";

const LARGEST_PAGE = 999;

/** The part of a list that a request asks for. */
export interface Page {
  /** Index of the first object. */
  start: number;
  size: number;
}

/**
 * Reads `$top` and `$skiptoken`.
 *
 * @param size objects on a page without `$top`
 * @throws GraphHttpError 400 for a page size that Graph does not have, or a token that is none
 */
export function readPage(query: URLSearchParams, size: number): Page {
  return { start: readSkipToken(query.get("$skiptoken")), size: readTop(query.get("$top")) ?? size };
}

/** The link to what follows a page, to be followed as it is; nothing after the last page. */
export function nextLink(call: SignedCall, page: Page, total: number): { "@odata.nextLink"?: string } {
  const start = page.start + page.size;
  if (total <= start) {
    return {};
  }
  const next = new URL(call.url);
  next.searchParams.set("$skiptoken", Buffer.from(`after:${start}`).toString("base64url"));
  return { "@odata.nextLink": next.href };
}

/** @throws GraphHttpError 501 for a query option that the emulator lacks */
export function refuseOtherOptions(query: URLSearchParams, known: readonly string[]): void {
  const unknown = [...query.keys()].find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw graphErrors.notImplemented(`the query option '${unknown}' here`);
  }
}

function readTop(value: string | null): number | undefined {
  if (value === null) {
    return undefined;
  }
  const top = Number(value);
  if (!Number.isInteger(top) || top < 1 || top > LARGEST_PAGE) {
    throw graphErrors.badRequest(
      `Invalid page size specified: '${value}'. Must be between 1 and ${LARGEST_PAGE} inclusive.`,
    );
  }
  return top;
}

function readSkipToken(value: string | null): number {
  if (value === null) {
    return 0;
  }
  const match = /^after:(\d+)$/.exec(Buffer.from(value, "base64url").toString());
  if (match === null) {
    throw graphErrors.badRequest("The specified page token value is invalid.");
  }
  return Number(match[1]);
}
