import { graphErrors } from "../errors.js";
import type { SignedCall } from "../http/call.js";
import { parseFilter } from "./filter.js";
import { project, propertiesOf, readSelect } from "./projection.js";
import { mayReadKind } from "../permissions.js";
import type { DirectoryObject, ObjectKind } from "./types.js";

const KNOWN_OPTIONS = ["$filter", "$select", "$top", "$count", "$skiptoken"];
const LARGEST_PAGE = 999;

/** A list of directory objects. */
export interface Listing {
  objects: DirectoryObject[];
  /** The one kind that the list has, or undefined for a list of mixed kinds. */
  kind?: ObjectKind;
  /** Name after `#` in the context, for example `groups`. */
  context: string;
}

/**
 * Answers one page of a list: `$filter`, `$select`, `$top`, `$count` and `@odata.nextLink`, which is to be followed as
 * it is.
 *
 * @throws GraphHttpError 400 as Graph does, 501 for a query option that the emulator lacks
 */
export function answerListing(call: SignedCall, listing: Listing): Record<string, unknown> {
  const { query, tenant, version, origin } = call;
  refuseUnknownOptions(query);
  const kinds: ObjectKind[] = listing.kind === undefined ? ["user", "group", "servicePrincipal"] : [listing.kind];
  const type = listing.kind ?? "directoryObject";
  const properties = new Set(
    kinds.flatMap((kind) => [
      ...propertiesOf(
        kind,
        listing.objects.filter((found) => found.kind === kind).map((found) => found.object),
      ),
    ]),
  );
  const switches = tenant.effectiveSwitches;
  const found = filtered(listing.objects, query.get("$filter"), properties, type, call);
  const select = readSelect(query.get("$select"), properties, type);
  const start = readSkipToken(query.get("$skiptoken"));
  const size = readTop(query.get("$top")) ?? switches.pageSize;
  const page = found.slice(start, start + size);
  const rest = found.length > start + size;
  const selected = select === undefined ? "" : `(${select.join(",")})`;
  return {
    "@odata.context": `${origin}/${version}/$metadata#${listing.context}${selected}`,
    ...(isAdvanced(call) ? { "@odata.count": found.length } : {}),
    ...(rest ? { "@odata.nextLink": nextLink(call, start + size) } : {}),
    value: page.map((object) =>
      project(object, {
        ...(select === undefined ? {} : { select }),
        typed: listing.kind === undefined,
        readable: (kind) => mayReadKind(kind, call.roles),
      }),
    ),
  };
}

/** Whether the caller asked for an advanced query: an eventually consistent read with a count. */
export function isAdvanced(call: Pick<SignedCall, "headers" | "query">): boolean {
  const eventual = call.headers.get("consistencylevel")?.toLowerCase() === "eventual";
  return eventual && call.query.get("$count")?.toLowerCase() === "true";
}

function filtered(
  objects: DirectoryObject[],
  text: string | null,
  properties: Set<string>,
  type: string,
  call: SignedCall,
): DirectoryObject[] {
  if (text === null) {
    return objects;
  }
  const filter = parseFilter(text, properties, type);
  const limit = call.tenant.effectiveSwitches.filterClauseLimit;
  if (filter.clauses > limit && !isAdvanced(call)) {
    throw graphErrors.unsupportedQuery(
      `Too many child clauses specified in search filter expression containing 'OR' operators: ${filter.clauses}. Max allowed: ${limit}.`,
    );
  }
  return objects.filter((found) => filter.matches({ ...found.object }));
}

function refuseUnknownOptions(query: URLSearchParams): void {
  const unknown = [...query.keys()].find((name) => !KNOWN_OPTIONS.includes(name));
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

function nextLink(call: SignedCall, start: number): string {
  const next = new URL(call.url);
  next.searchParams.set("$skiptoken", Buffer.from(`after:${start}`).toString("base64url"));
  return next.href;
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
