import type { Row, Sample } from "../task/sample.ts";

/** A claim c of a right number r passes where |c − r| ≤ absolute·s·max(1, max|z|) + ½·10^−decimals + relative·|r|. */
export interface Tolerance {
  readonly profile: string;
  readonly relative: number;
  readonly absolute: number;
  /** The claims are rounded to so many decimals. */
  readonly decimals?: number;
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

const decimalsMax = 15;
/** Fewer decimals are not detected: they would excuse anything. A task may ask for them. */
const detectedDecimalsMin = 4;
/** So many claims must show what they are. */
const witnessesMin = 4;
/** A number with fewer significant bits is the same in float32 whatever made it. */
const float32WitnessBits = 12;
const significantDigitsMin = 3;

/** The tolerance of a name: a profile, or rounded:d. Undefined where there is none of that name. */
export function findTolerance(name: string): Tolerance | undefined {
  if (Object.hasOwn(profiles, name)) return profiles[name];
  const decimals = /^rounded:(\d{1,2})$/.exec(name)?.[1];
  if (decimals === undefined || Number(decimals) > decimalsMax) return undefined;
  return { ...profiles["float64"]!, profile: name, decimals: Number(decimals) };
}

/**
 * The tolerance that a part's claims earn by what they are, where the task leaves it open: float32 where every one is a
 * float32, rounded:d where every one has at most d decimals, else float64. Zeros, ±1 and other short numbers prove nothing.
 */
export function detectTolerance(claims: ArrayLike<number>): Tolerance {
  const finite = Array.from(claims).filter((claim) => Number.isFinite(claim) && claim !== 0);
  if (finite.length === 0) return profiles["float64"]!;
  const long = finite.filter((claim) => significantBits(claim) > float32WitnessBits);
  if (long.length >= witnessesMin && finite.every((claim) => Math.fround(claim) === claim)) return profiles["float32"]!;
  const decimals = finite.reduce((most, claim) => Math.max(most, decimalsOf(claim)), 0);
  const digits = Math.max(decimals, detectedDecimalsMin);
  const telling = finite.filter((claim) => Math.abs(claim) >= Number(`1e${significantDigitsMin - 1 - digits}`));
  const fractional = telling.filter((claim) => !Number.isInteger(claim));
  if (digits < decimalsMax - 3 && fractional.length >= witnessesMin && 2 * telling.length >= finite.length) {
    return { ...findTolerance(`rounded:${digits}`)!, detected: true };
  }
  return profiles["float64"]!;
}

function significantBits(value: number): number {
  const bits = new BigUint64Array(Float64Array.of(value).buffer)[0]! & 0xfffffffffffffn;
  if (bits === 0n) return 1;
  let trailing = 0;
  for (let rest = bits; (rest & 1n) === 0n; rest >>= 1n) trailing++;
  return 53 - trailing;
}

/** How many decimals the shortest text of a number has. */
function decimalsOf(value: number): number {
  const [mantissa = "", exponent = "0"] = String(Math.abs(value)).split("e");
  return Math.max(0, (mantissa.split(".")[1]?.length ?? 0) - Number(exponent));
}

/** Half a unit of the last decimal; nothing where rounding that was only detected would leave no digit of the output. */
export function roundingOf({ decimals, detected }: Tolerance, right: Float64Array): number {
  if (decimals === undefined) return 0;
  const half = 0.5 * Number(`1e-${decimals}`);
  const largest = right.reduce((most, r) => (Number.isFinite(r) ? Math.max(most, Math.abs(r)) : most), 0);
  return detected && 10 * half > largest ? 0 : half;
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
