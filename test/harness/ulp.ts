const view = new DataView(new ArrayBuffer(8));

/** The place of a double among all doubles in order; −0 and 0 are one place. */
function place(x: number): bigint {
  view.setFloat64(0, x);
  const bits = view.getBigInt64(0);
  return bits < 0n ? -(bits & 0x7fffffffffffffffn) : bits;
}

/** How many doubles lie between two numbers; 0 for equals, Infinity for NaN or where only one of them is infinite. */
export function ulps(a: number, b: number): number {
  if (a === b) return 0;
  if (!Number.isFinite(a) || !Number.isFinite(b)) return Number.POSITIVE_INFINITY;
  const distance = place(a) - place(b);
  return Number(distance < 0n ? -distance : distance);
}

/** The gap between |x| and the next double above it, 2^-1074 at 0 and among the subnormals; x is finite. */
export function ulp(x: number): number {
  view.setFloat64(0, Math.abs(x));
  const exponent = Math.max(Number(view.getBigUint64(0) >> 52n), 1);
  return 2 ** (exponent - 1075);
}

/**
 * How far `got` is from `want`, in units in the last place of `scale`: for a difference, the larger of the two
 * numbers subtracted. 0 for equals, Infinity for NaN or where only one of them is infinite.
 */
export function unitsApart(got: number, want: number, scale: number = want): number {
  if (got === want) return 0;
  if (!Number.isFinite(got) || !Number.isFinite(want)) return Number.POSITIVE_INFINITY;
  // The scale alone may be beyond the doubles, where the difference is not.
  return Math.abs(got - want) / ulp(Number.isFinite(scale) ? scale : want);
}
