/** Small letters and digits alone: ignoreIndex, ignore-index and ignore_index are one name. */
export function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
}

/** Longer names are no slip of the fingers, and would take long to compare. */
const lengthMax = 60;

/**
 * The known name that was probably meant: the same but for its writing and one slip in eight letters, else the one that
 * begins the name or is begun by it, else the one with the fewest slips, at most one in three letters. Undefined: none is
 * near.
 */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const given = plain(name);
  if (given.length < 2 || given.length > lengthMax) return undefined;
  const begins = (one: string) =>
    one.length > 2 && given.length > 2 && (one.startsWith(given) || given.startsWith(one));
  const [slips, closest] = known
    .map((one) => [slipsBetween(given, plain(one)), one] as const)
    .reduce((best, next) => (next[0] < best[0] ? next : best), [Number.POSITIVE_INFINITY, ""] as const);
  if (slips <= Math.floor(given.length / 8)) return closest;
  // The longest that begins it says most: cross_entropy, not cce, for crossentropyloss.
  const beginning = known.filter((one) => begins(plain(one))).sort((one, other) => other.length - one.length)[0];
  return beginning ?? (slips <= Math.max(1, Math.floor(given.length / 3)) ? closest : undefined);
}

/** Letters put in, left out, taken for others, or two that changed places (the distance of Damerau and Levenshtein). */
function slipsBetween(one: string, other: string): number {
  let [before, row]: number[][] = [[], Array.from({ length: other.length + 1 }, (_, i) => i)];
  for (let i = 0; i < one.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < other.length; j++) {
      const swapped = i > 0 && j > 0 && one[i] === other[j - 1] && one[i - 1] === other[j];
      const least = Math.min(row![j]! + (one[i] === other[j] ? 0 : 1), row![j + 1]! + 1, next[j]! + 1);
      next.push(swapped ? Math.min(least, before![j - 1]! + 1) : least);
    }
    [before, row] = [row, next];
  }
  return row!.at(-1)!;
}

/** A name's neighbour as part of a message; "" if it has none. */
export function didYouMean(name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  return near === undefined ? "" : `did you mean ${near}?`;
}
