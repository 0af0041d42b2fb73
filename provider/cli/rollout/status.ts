import { basename } from "node:path";
import { writeFileSync } from "node:fs";
import type { StoredRollout } from "../../rollout/local/folder.js";
import { runningProcess } from "../../rollout/local/locks.js";
import { rolloutPage } from "../../rollout/page/page.js";
import { chosenIn, findRollout, newestRollout, placeOf } from "./choose.js";
import { namesOf } from "./drive.js";
import { writeJson } from "./progress.js";
import { moment, PHASES, plural, quoted } from "./sentences.js";
import { countTenants, reasonOf, ROLLOUT_EXIT, wavesOf, waveTable, type WaveOf } from "./summary.js";
import { columns, oneLine, painter, type Surface } from "./surface.js";

export interface StatusFlags {
  readonly folder?: string;
  readonly rollout?: string;
  readonly wave: readonly string[];
  readonly tenant: readonly string[];
  readonly json?: boolean;
  readonly html?: string;
}

/** `entra-passkeys rollout status`: where a rollout stands; needs no plan, and disturbs nobody who goes on with it. */
export function status(surface: Surface, file: string, flags: StatusFlags): number {
  const place = placeOf(file, flags.folder);
  if (flags.rollout === undefined && newestRollout(place) === undefined) {
    if (flags.json) writeJson(surface.out, { kind: "status", rollout: null });
    else surface.out.write(`No rollout of ${basename(place.file)} has begun.\n`);
    return ROLLOUT_EXIT.ok;
  }
  const rollout = findRollout(place, flags.rollout);
  const pid = runningProcess(rollout.folder);
  return show(surface, place.file, flags, {
    ...rollout,
    tenants: rollout.note.tenants,
    ...(pid !== undefined && { who: `Process ${pid}`, running: { process: pid } }),
  });
}

/** A rollout to be shown, wherever it runs. */
export interface Shown extends Pick<StoredRollout, "id" | "state" | "records"> {
  readonly tenants: StoredRollout["note"]["tenants"];
  /** Who goes on with it, at the beginning of a sentence; absent where nobody does. */
  readonly who?: string;
  /** The same for JSON. */
  readonly running?: object;
  /** What else there is to say, a line each. */
  readonly more?: readonly string[];
}

/** Shows where a rollout stands. */
export function show(surface: Surface, file: string, flags: StatusFlags, rollout: Shown): number {
  const { id, state, records, tenants: named, who, running, more = [] } = rollout;
  const waves = wavesOf(records);
  const wanted = chosenIn(named, waves, flags);
  const nameOf = namesOf(named);
  if (flags.html !== undefined) writeFileSync(flags.html, rolloutPage({ tenants: named }, records));
  if (flags.json) {
    writeJson(surface.out, {
      kind: "status",
      rollout: id,
      plan: state.plan,
      begun: records[0]!.at,
      ...(state.ended && { ended: state.ended }),
      ...running,
      waitsFor: waitsFor(rollout, who),
      waves: wanted.map(({ wave }) => ({
        name: wave.name,
        ...state.waves.get(wave.name),
        tenants: countTenants(wave.tenants, state),
      })),
      tenants: wanted.flatMap(({ wave, tenants }) =>
        tenants.map((tenant) => ({ id: tenant, name: nameOf(tenant), wave: wave.name, ...state.tenants.get(tenant) })),
      ),
    });
    return ROLLOUT_EXIT.ok;
  }
  const paint = painter(surface);
  const [waveHead, ...waveRows] = waveTable(
    wanted.map(({ wave }) => wave),
    state,
    (wave) => waveWords(wave, rollout),
  );
  const [head, ...rows] = columns([
    ["Tenant", "Wave", "Phase", "Attempts", ""],
    ...wanted.flatMap(({ wave, tenants }) =>
      tenants.map((tenant) => {
        const progress = state.tenants.get(tenant)!;
        const reason = oneLine(reasonOf(progress));
        return [oneLine(nameOf(tenant)), oneLine(wave.name), PHASES[progress.phase], String(progress.attempts), reason];
      }),
    ),
  ]);
  const lines = [
    `Rollout ${id} of ${basename(file)}, begun ${moment(records[0]!.at)}`,
    oneLine(waitsFor(rollout, who)),
    ...more.map(oneLine),
    "",
    paint("bold", waveHead!),
    ...waveRows,
    "",
    paint("bold", head!),
    ...rows,
  ];
  surface.out.write(`${lines.join("\n")}\n`);
  return ROLLOUT_EXIT.ok;
}

/** What the rollout waits for, or how it has ended. */
export function waitsFor({ state, records }: Pick<Shown, "state" | "records">, who: string | undefined): string {
  const { ended } = state;
  if (ended?.how === "done") return "It is done.";
  if (ended?.how === "aborted") return `It was ${ended.reason}.`;
  if (ended !== undefined) return `It has stopped: ${ended.reason}. Go on with it by: entra-passkeys rollout resume`;
  if (who === undefined) {
    return "It has ended without a word, and no process goes on with it. Go on with it by: entra-passkeys rollout resume";
  }
  const wave = wavesOf(records).find(({ name }) => state.waves.get(name)?.done !== true);
  if (wave === undefined) return `${who} goes on with it.`;
  const { approvalUntil, approvedBy, soakUntil } = state.waves.get(wave.name)!;
  if (approvalUntil !== undefined && approvedBy === undefined) {
    const command = `entra-passkeys rollout approve ${quoted(wave.name)}`;
    return `${who} waits until ${moment(approvalUntil)} for an approval of ${wave.name}: ${command}`;
  }
  const { waiting } = countTenants(wave.tenants, state);
  if (waiting > 0) return `${who} rolls out ${wave.name}; ${plural(waiting, "tenant")} to go.`;
  if (soakUntil !== undefined) return `${who} lets ${wave.name} soak until ${moment(soakUntil)}.`;
  return `${who} is at the gate of ${wave.name}.`;
}

function waveWords({ name }: WaveOf, { state }: Pick<Shown, "state">): string {
  const { begun, done, soakUntil, approvalUntil, approvedBy } = state.waves.get(name)!;
  if (done) return approvedBy === undefined ? "done" : `done, approved by ${approvedBy}`;
  if (!begun) return "not begun";
  if (approvedBy !== undefined) return `approved by ${approvedBy}`;
  if (approvalUntil !== undefined) return `approval asked until ${moment(approvalUntil)}`;
  return soakUntil === undefined ? "begun" : `soaks until ${moment(soakUntil)}`;
}
