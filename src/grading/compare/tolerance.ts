import type { Row, Sample } from "../task/sample.ts";

/** A claim c of a right number r passes where |c − r| ≤ absolute·s·max(1, max|z|) + rounding + relative·|r|. */
export interface Tolerance {
  readonly profile: string;
  readonly relative: number;
  readonly absolute: number;
  readonly rounding?: Rounding;
}

/** Claims are rounded to so many decimals, or to so many significant digits. */
export interface Rounding {
  readonly digits: number;
  readonly counts: "decimals" | "significant";
  /** How many units of the last digit a claim may be off. */
  readonly units: number;
  /** Found in the claims, and not asked for by the task. */
  readonly detected?: true;
}

export const profiles: Readonly<Record<string, Tolerance>> = {
  float64: { profile: "float64", relative: 1e-6, absolute: 1e-10 },
  "float64-strict": { profile: "float64-strict", relative: 1e-9, absolute: 1e-13 },
  float32: { profile: "float32", relative: 1e-4, absolute: 2e-6 },
  half: { profile: "half", relative: 2e-2, absolute: 1e-2 },
  "finite-difference": { profile: "finite-difference", relative: 1e-3, absolute: 1e-5 },
};

const digitsMax = 15;

/** The tolerance of a name: a profile, rounded:d or significant:d. Undefined where there is none of that name. */
export function findTolerance(name: string): Tolerance | undefined {
  if (Object.hasOwn(profiles, name)) return profiles[name];
  const [, word, digits] = /^(rounded|significant):(\d{1,2})$/.exec(name) ?? [];
  if (digits === undefined || Number(digits) > digitsMax) return undefined;
  const counts = word === "rounded" ? "decimals" : "significant";
  return { ...profiles["float64"]!, profile: name, rounding: { digits: Number(digits), counts, units: 0.5 } };
}

/** So many units of the last digit the largest number must have, or rounding that was only detected leaves nothing of it. */
const unitsLeftMin = 10;

/** What rounding adds to what a number may be off, where `right` are all the numbers of its output. */
export function roundingOf({ rounding }: Tolerance, right: Float64Array): (value: number) => number {
  if (!rounding) return () => 0;
  const { digits, counts, units, detected } = rounding;
  if (counts === "significant") return (value) => units * 10 ** (exponentOf(value) + 1 - digits);
  const unit = Number(`1e-${digits}`);
  const largest = right.reduce((most, r) => (Number.isFinite(r) ? Math.max(most, Math.abs(r)) : most), 0);
  return detected && unitsLeftMin * unit > largest ? () => 0 : () => units * unit;
}

/** The place of a number's first digit: 0 for 1 to 9.99…, −∞ for 0. */
export function exponentOf(value: number): number {
  if (value === 0 || !Number.isFinite(value)) return Number.NEGATIVE_INFINITY;
  return Number(value.toExponential().split("e")[1]);
}

/** Sizes by the rows that have them: two mistakes are compared for each pair of the catalogue, on the same rows. */
const sizes = new WeakMap<readonly Row[], Float64Array>();

/** How large an example's numbers are: max(1, max|z|) over the finite logits, less the greatest where a softmax takes it off. */
export function sizeOfExample({ loss, rows }: Sample, i: number): number {
  let known = sizes.get(rows);
  if (!known) {
    known = Float64Array.from(rows, ({ z }) => sizeOf(z, loss.kind === "rowwise"));
    sizes.set(rows, known);
  }
  return known[i]!;
}

function sizeOf(logits: Float64Array, shifted: boolean): number {
  let [least, greatest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const z of logits) {
    if (!Number.isFinite(z)) continue;
    least = Math.min(least, z);
    greatest = Math.max(greatest, z);
  }
  if (greatest < least) return 1;
  return Math.max(1, shifted ? greatest - least : Math.abs(greatest));
}
