// What is promised of a figure, and whether the turns kept it. A figure has a value a turn; Infinity stands for what did
// not happen while the check waited.
import { median } from "../http/measure.mjs";

/** The median of the turns is at most `limit`. */
export const atMost = (limit) => ({
  words: `≤ ${format(limit)}`,
  isKept: (values) => median(values) <= limit,
});

/** The median of the turns is at least `limit`. */
export const atLeast = (limit) => ({
  words: `≥ ${format(limit)}`,
  isKept: (values) => median(values) >= limit,
});

/** Every turn has this value: for what must never go wrong, where a median would hide the turn in which it did. */
export const always = (limit) => ({
  words: `${format(limit)} in every turn`,
  isKept: (values) => values.every((value) => value === limit),
});

/** The median of the turns' ratios to the old code, each of one turn, is at least `share`. */
export const atLeastOfOld = (share) => ({
  words: `≥ ${format(share)} × the old code's`,
  isKept: (values, old) => old.length === 0 || median(values.map((value, turn) => value / old[turn])) >= share,
});

/**
 * "yes", "no", or "" where nothing is promised.
 * @param {number[]} values the new code's, one a turn
 * @param {number[]} old the old code's; none where it was not measured
 */
export function judge(promise, values, old = []) {
  if (!promise) return "";
  return values.length > 0 && promise.isKept(values, old) ? "yes" : "no";
}

/** The median, and where the turns differ, the least and the greatest. */
export function summarise(values) {
  if (values.length === 0) return "not measured";
  const [least, greatest] = [Math.min(...values), Math.max(...values)];
  const middle = format(median(values));
  return least === greatest ? middle : `${middle} (${format(least)}–${format(greatest)})`;
}

/** Three digits, or all of those before the point. */
export function format(value) {
  if (value === Number.POSITIVE_INFINITY) return "never";
  if (Number.isInteger(value)) return value.toLocaleString("en");
  return Math.abs(value) < 100 ? String(Number(value.toPrecision(3))) : Math.round(value).toLocaleString("en");
}
