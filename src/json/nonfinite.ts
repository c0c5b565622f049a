import { nonfinite } from "../losses/nonfinite.ts";

/** Nested arrays with such strings as the numbers that they stand for. Everything else stays, for others to refuse. */
export function readNonfinite(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(readNonfinite);
  return nonfinite.get(value) ?? value;
}

/** A number as JSON has it: infinities and NaN are strings. */
export function jsonNumber(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}
