import { graphErrors } from "../errors.js";
import type { SignedCall } from "../http/call.js";
import { nextLink, readPage, refuseOtherOptions } from "../http/paging.js";
import { parseFilter } from "./filter.js";
import { project, propertiesOf, readSelect, type Names } from "./projection.js";
import { mayReadKind } from "../permissions.js";
import type { DirectoryObject, ObjectKind } from "./types.js";

const KNOWN_OPTIONS = ["$filter", "$select", "$top", "$count", "$skiptoken"];

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
  refuseOtherOptions(query, KNOWN_OPTIONS);
  const kinds: ObjectKind[] = listing.kind === undefined ? ["user", "group", "servicePrincipal"] : [listing.kind];
  const type = listing.kind ?? "directoryObject";
  const properties = propertiesOf(
    kinds,
    listing.objects.map((found) => found.object),
    version,
  );
  const switches = tenant.effectiveSwitches;
  const found = filtered(listing.objects, query.get("$filter"), properties, type, call);
  const select = readSelect(query.get("$select"), properties, type);
  const page = readPage(query, switches.pageSize);
  const selected = select === undefined ? "" : `(${select.join(",")})`;
  return {
    "@odata.context": `${origin}/${version}/$metadata#${listing.context}${selected}`,
    ...(isAdvanced(call) ? { "@odata.count": found.length } : {}),
    ...nextLink(call, page, found.length),
    value: found.slice(page.start, page.start + page.size).map((object) =>
      project(object, {
        ...(select === undefined ? {} : { select }),
        version,
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
  properties: Names,
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
