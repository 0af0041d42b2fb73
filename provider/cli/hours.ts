import { InvalidArgumentError } from "commander";

/** Reads the value of an option in hours, fractions included. */
export function readHours(value: string): number {
  const hours = Number(value);
  if (value.trim() === "" || !Number.isFinite(hours) || hours <= 0) {
    throw new InvalidArgumentError("Hours are a number above 0.");
  }
  return hours;
}
