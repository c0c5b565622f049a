/** The numbers that JSON has no text for, as strings. */
export const nonfinite: ReadonlyMap<unknown, number> = new Map([
  ["Infinity", Number.POSITIVE_INFINITY],
  ["-Infinity", Number.NEGATIVE_INFINITY],
  ["NaN", Number.NaN],
]);

/** Nested arrays with such strings as the numbers that they stand for. Everything else stays, for others to refuse. */
export function readNonfinite(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(readNonfinite);
  return nonfinite.get(value) ?? value;
}

export function jsonNumber(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}
