import { notesOf, type Finding } from "./findings.js";

const notes = notesOf("clock");

const MINUTE = 60_000;

/** A difference of the clocks, told by one answer of the service. */
export interface ClockReading {
  /** When the service answered by its own clock, to the second, in milliseconds since 1970. */
  readonly service: number;
  /** When the answer was here. */
  readonly here: number;
  /** How long the answer took. */
  readonly ms: number;
}

/** How far this machine's clock is off. Of several answers the quickest one tells best. */
export function checkClock(readings: readonly ClockReading[]): Finding[] {
  const [best] = [...readings].sort((a, b) => a.ms - b.ms);
  if (best === undefined) return [notes.info("clock", "not compared: no answer told the time")];
  // A whole second is cut, so that the service is half a second further on the average.
  const off = best.here - best.ms / 2 - (best.service + 500);
  const size = Math.abs(off);
  const seconds = Math.round(size / 1000);
  const by = size < 2 * MINUTE ? `${seconds} s` : `${Math.round(size / MINUTE)} minutes`;
  const subject = "clock";
  if (size <= 5 * MINUTE) return [notes.ok(subject, `within ${Math.max(seconds, 1)} s of the service's`)];
  const says =
    `this machine is ${by} ${off > 0 ? "ahead of" : "behind"} the service, so that tokens, ages of inventories and the ` +
    "last days of acknowledgements are taken wrongly";
  return [
    notes.as(size > 60 * MINUTE ? "error" : "warning", subject, says, "Set the clock of this machine, such as by NTP"),
  ];
}
