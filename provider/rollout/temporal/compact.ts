import {
  givenUpIn,
  stateAfter,
  type RolloutEvent,
  type RolloutRecord,
  type TenantProgress,
  type WaveProgress,
} from "../records.js";

/**
 * The same rollout in fewer records: it stands where it stood, its last run has given up whom it had given up, and each
 * record is of a kind that there was. What led there is left out.
 *
 * @returns at most five records for each tenant and six for each wave, with the time of the last thing that happened to it.
 */
export function compact(records: readonly RolloutRecord[]): RolloutRecord[] {
  const [begun] = records;
  if (begun?.kind !== "begun") return [...records];
  const state = stateAfter(records);
  const givenUp = givenUpIn(records);
  const times = new Map<string, string>();
  let ended = begun.at;
  for (const record of records) {
    if ("tenant" in record) times.set(record.tenant, record.at);
    if ("wave" in record) times.set(`${record.kind} ${record.wave}`, record.at);
    ended = record.at;
  }
  const tenantRecords = (id: string, progress: TenantProgress): RolloutRecord[] =>
    tenantEvents(id, progress).map((event) => ({ at: times.get(id) ?? begun.at, ...event }));
  const waveRecords = (wave: string, progress: WaveProgress): RolloutRecord[] =>
    waveEvents(wave, progress).map((event) => ({ at: times.get(`${event.kind} ${wave}`) ?? begun.at, ...event }));
  const tenants = [...state.tenants];
  const resumed = records.findLast(({ kind }) => kind === "resumed");
  return [
    begun,
    ...tenants.flatMap(([id, progress]) => (givenUp.has(id) ? [] : tenantRecords(id, progress))),
    ...(resumed === undefined ? [] : [resumed]),
    ...tenants.flatMap(([id, progress]) => (givenUp.has(id) ? tenantRecords(id, progress) : [])),
    ...[...state.waves].flatMap(([name, progress]) => waveRecords(name, progress)),
    ...endEvents(state.ended).map((event) => ({ at: ended, ...event })),
  ];
}

function tenantEvents(tenant: string, progress: TenantProgress): RolloutEvent[] {
  const { phase, attempts, reason, verdict, sentence, changed } = progress;
  if (phase === "waiting") return [];
  const last = lastEvent(tenant, progress);
  const saysReason = "reason" in last;
  return [
    ...(verdict === undefined || phase === "previewed"
      ? []
      : [{ kind: "previewed" as const, tenant, verdict, sentence: sentence! }]),
    // Before the attempts, with which alone it would count as changed.
    ...(changed === undefined || phase === "restored" ? [] : [{ kind: "applied" as const, tenant, changed }]),
    ...(attempts === 0 || phase === "applying" ? [] : [{ kind: "applying" as const, tenant, attempt: attempts }]),
    ...(reason === undefined || saysReason ? [] : [{ kind: "retrying" as const, tenant, reason, attempt: attempts }]),
    last,
  ];
}

function lastEvent(tenant: string, progress: TenantProgress): RolloutEvent {
  const { attempts, reason = "", verdict = "", sentence = "", changed = false } = progress;
  switch (progress.phase) {
    case "skipped":
    case "heldBack":
    case "notRestored":
      return { kind: progress.phase, tenant, reason };
    case "failed":
      return { kind: "failed", tenant, reason, attempt: attempts };
    case "previewed":
      return { kind: "previewed", tenant, verdict, sentence };
    case "applied":
    case "restored":
      return { kind: progress.phase, tenant, changed };
    case "verified":
      return { kind: "verified", tenant };
    case "waiting":
    case "applying":
      return { kind: "applying", tenant, attempt: attempts };
  }
}

function waveEvents(wave: string, progress: WaveProgress): RolloutEvent[] {
  const { begun, healthy, soakUntil, approvalUntil, approvedBy, done } = progress;
  return [
    ...(begun ? [{ kind: "waveBegun" as const, wave }] : []),
    ...(healthy ? [{ kind: "healthy" as const, wave }] : []),
    ...(soakUntil === undefined ? [] : [{ kind: "soaking" as const, wave, until: soakUntil }]),
    ...(approvalUntil === undefined ? [] : [{ kind: "approvalAsked" as const, wave, until: approvalUntil }]),
    ...(approvedBy === undefined ? [] : [{ kind: "approved" as const, wave, by: approvedBy }]),
    ...(done ? [{ kind: "waveDone" as const, wave }] : []),
  ];
}

const BY = "aborted by ";

function endEvents(ended: ReturnType<typeof stateAfter>["ended"]): RolloutEvent[] {
  switch (ended?.how) {
    case "stopped":
      return [{ kind: "stopped", reason: ended.reason }];
    case "aborted":
      return [{ kind: "aborted", by: ended.reason.slice(BY.length) }];
    case "done":
      return [{ kind: "done" }];
    default:
      return [];
  }
}
