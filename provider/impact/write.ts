import { buildInventory, type BuildOptions, type BuildResult } from "./build.js";
import { groupsOf, type InventoryScope } from "./directory.js";
import { checkTarget, EarlierInventory } from "./earlier.js";
import { FORMAT, VERSION, type Header, type Source } from "./format.js";
import { PartialFile } from "./partial.js";
import type { InventoryGraph } from "./port.js";
import type { Totals } from "./tally.js";

/** Options of writing an inventory to a file. */
export interface WriteOptions extends BuildOptions {
  /** Where to write it; `<file>.partial` until it is whole. */
  readonly file: string;
  /** How old a run that was cut may be to be gone on with, in hours. @default 24 */
  readonly maxAge?: number;
  /** After so many hours the file is refused; absent = only by the age that its reader allows. */
  readonly expires?: number;
  /** Read all passkeys, also those of people of whom the report says that nothing changed. @default false */
  readonly full?: boolean;
  /** Called with what people should know, such as that a run goes on. */
  readonly onNote?: (text: string) => void;
}

/** What was written. */
export interface WrittenInventory extends BuildResult {
  readonly file: string;
  readonly created: string;
  readonly expires?: string;
  readonly totals: Totals;
  /** How many people an earlier run that was cut had written. */
  readonly resumed: number;
  /** How many people's passkeys were taken from the earlier file. */
  readonly kept: number;
}

/**
 * Reads an inventory into a file, person by person; see {@link buildInventory}. A run that is cut leaves a
 * `<file>.partial`, with which the next run for the same people goes on. Where the file is there from before, people of
 * whom the report says that nothing changed keep their passkeys without being read.
 *
 * @throws InventoryError where the file may not be replaced: it is none, or another tenant's.
 */
export async function writeInventoryFile(
  graph: InventoryGraph,
  scope: InventoryScope,
  options: WriteOptions,
): Promise<WrittenInventory> {
  const { file, pseudonyms, onNote } = options;
  const old = checkTarget(file, graph.tenantId);
  const useful = !options.full && scope.people === "everyone" && old?.salt === pseudonyms.fingerprint;
  const earlier = useful ? EarlierInventory.open(file) : undefined;
  const partial = new PartialFile(file);
  const now = graph.now();
  let kept = 0;
  const sink = {
    begin: (source: Source) => openPartial(partial, newHeader(graph, scope, source, options, now), options, now),
    has: (user: string) => partial.users.has(user),
    earlier: (user: string, stamp: Parameters<EarlierInventory["find"]>[1]) => {
      const found = earlier?.find(user, stamp, now);
      if (found) kept += 1;
      return found;
    },
    write: (person: Parameters<PartialFile["write"]>[0]) => partial.write(person),
  };
  try {
    const result = await buildInventory(graph, scope, sink, options);
    partial.finish();
    if (partial.users.size > 0) onNote?.(`${partial.users.size} people were read by the run that was cut`);
    const { created, expires } = partial.header;
    return {
      ...result,
      file,
      created,
      ...(expires !== undefined && { expires }),
      totals: partial.tally.totals,
      resumed: partial.users.size,
      kept,
    };
  } finally {
    partial.close();
    earlier?.close();
  }
}

function newHeader(
  graph: InventoryGraph,
  scope: InventoryScope,
  source: Source,
  { pseudonyms, expires }: WriteOptions,
  now: number,
): Header {
  const groups = groupsOf(scope);
  return {
    format: FORMAT,
    version: VERSION,
    tenant: graph.tenantId,
    created: new Date(now).toISOString(),
    ...(expires !== undefined && { expires: new Date(now + expires * 3_600_000).toISOString() }),
    scope: groups.scope,
    groups: groups.all,
    source,
    salt: pseudonyms.fingerprint,
  };
}

/** Goes on with what an earlier run left, or says why not and starts anew. */
function openPartial(partial: PartialFile, header: Header, { maxAge = 24, onNote }: WriteOptions, now: number): void {
  const left = partial.peek();
  if (left === undefined) return partial.start(header);
  const reason = whyNot(left, header, maxAge, now);
  if (reason === undefined) {
    partial.resume(left);
    onNote?.(`Going on with the run of ${left.created}, which was cut after ${partial.users.size} people`);
    return;
  }
  onNote?.(`Starting over: the run of ${left.created} that was cut ${reason}`);
  partial.start(header);
}

/** Why a run cannot be gone on with; undefined = it can. */
function whyNot(left: Header, header: Header, maxAge: number, now: number): string | undefined {
  const differs = (name: keyof Header) => JSON.stringify(left[name]) !== JSON.stringify(header[name]);
  if (differs("tenant")) return "was for another tenant";
  if (differs("scope") || differs("groups")) return "was for other people or groups";
  if (differs("salt")) return "had other pseudonyms";
  if (differs("source")) return "had other permissions or licences";
  const hours = (now - Date.parse(left.created)) / 3_600_000;
  if (!(hours >= 0 && hours <= maxAge)) return `is older than ${maxAge} hours`;
  if (left.expires !== undefined && now > Date.parse(left.expires)) return "has expired";
  return undefined;
}
