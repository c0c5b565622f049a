/** The numbers that JSON has no text for, by the words that stand for them in strings. */
export const nonfinite: ReadonlyMap<unknown, number> = new Map([
  ["Infinity", Number.POSITIVE_INFINITY],
  ["-Infinity", Number.NEGATIVE_INFINITY],
  ["NaN", Number.NaN],
]);

export const nonfiniteWords = [...nonfinite.keys()] as string[];
