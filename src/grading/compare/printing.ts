import { greatest } from "../task/greatest.ts";
import { findTolerance, profiles, type Rounding, type Tolerance } from "./tolerance.ts";

/** Fewer digits are not taken for rounding: they would excuse anything. A task may ask for them. */
export const digitsMin = 4;
/** A number of more digits is not rounded: float64 has no more than 17. */
const digitsMax = 12;
/** So many claims must show that they are float32. */
const float32WitnessesMin = 4;
/** A number with fewer significant bits is the same in float32 whatever made it. */
const float32WitnessBits = 12;
/** Texts of 7 to 9 digits are by accident those of a float32 in a quarter of cases. */
const float32TextsMin = 8;
const float32Digits = { least: 7, most: 9 };
/** So many of the digits that a claim is rounded to must be left of it, or it says nothing of the rounding. */
const telling = 3;

/** How many decimals and how many significant digits the shortest text of a number has. */
interface Digits {
  readonly decimals: number;
  readonly significant: number;
}

export function digitsOf(value: number): Digits {
  const [mantissa = "", exponent = "0"] = Math.abs(value).toExponential().split("e");
  const significant = mantissa.length === 1 ? 1 : mantissa.length - 1;
  return { significant, decimals: Math.max(0, significant - 1 - Number(exponent)) };
}

/** A right value that is rounded is half a unit off; one more is for what float32 did before, where the digits are shown. */
function roundedTo(shown: number, counts: Rounding["counts"], least: number): Tolerance {
  const digits = Math.max(shown, least);
  const profile = `${counts === "decimals" ? "rounded" : "significant"}:${digits}`;
  return {
    ...profiles["float64"]!,
    profile,
    rounding: { digits, counts, units: shown < least ? 0.5 : 1.5, detected: true },
  };
}

const finite = (claims: ArrayLike<number>) => Array.from(claims).filter((one) => Number.isFinite(one) && one !== 0);

/**
 * The tolerances that the claims of an output may be held to by what they are: float64, float32 where every one is a
 * float32, and the rounding that they show. None of these lets a number pass that was not right before it was printed so.
 */
export function printingsOf(claims: ArrayLike<number>, least = digitsMin): readonly Tolerance[] {
  const numbers = finite(claims);
  if (numbers.length === 0) return [profiles["float64"]!];
  const digits = numbers.map(digitsOf);
  const decimals = greatest(digits.map((one) => one.decimals));
  const significant = greatest(digits.map((one) => one.significant));
  return [
    profiles["float64"]!,
    ...(isFloat32(numbers) ? [profiles["float32"]!] : []),
    ...(decimals <= digitsMax ? [roundedTo(decimals, "decimals", least)] : []),
    ...(significant <= digitsMax ? [roundedTo(significant, "significant", least)] : []),
  ];
}

/** The one of these that the claims look most like: what wrong numbers are compared by. Zeros and whole numbers prove nothing. */
export function detectTolerance(claims: ArrayLike<number>, least = digitsMin): Tolerance {
  const [float64, ...others] = printingsOf(claims, least);
  const float32 = others.find(({ rounding }) => !rounding);
  if (float32) return float32;
  const digits = finite(claims)
    .filter((one) => !Number.isInteger(one))
    .map(digitsOf);
  const share = ({ rounding }: Tolerance) => {
    const { counts } = rounding!;
    const shown = digits.filter((one) => one.significant >= telling);
    if (2 * shown.length < digits.length) return 0;
    const most = greatest(shown.map((one) => one[counts]));
    return shown.filter((one) => one[counts] === most).length;
  };
  return others.reduce((best, one) => (share(one) > (best.rounding ? share(best) : 0) ? one : best), float64!);
}

/** The roundings that the claims show, however few digits are left. */
export function roundingsShown(claims: ArrayLike<number>): readonly Tolerance[] {
  const digits = finite(claims).map(digitsOf);
  const decimals = Math.max(0, greatest(digits.map((one) => one.decimals)));
  const significant = Math.max(0, greatest(digits.map((one) => one.significant)));
  return [
    ...(decimals >= 1 && decimals <= digitsMax ? [findTolerance(`rounded:${decimals}`)!] : []),
    ...(significant >= 2 && significant <= digitsMax ? [findTolerance(`significant:${significant}`)!] : []),
  ];
}

/** Whether every number is a float32, or the shortest text of one. */
export function isFloat32(numbers: readonly number[]): boolean {
  if (numbers.every((one) => Math.fround(one) === one)) {
    return numbers.filter((one) => significantBits(one) > float32WitnessBits).length >= float32WitnessesMin;
  }
  if (numbers.some((one) => digitsOf(one).significant > float32Digits.most)) return false;
  const texts = numbers.filter((one) => digitsOf(one).significant >= float32Digits.least);
  return texts.length >= float32TextsMin && numbers.every(isShortestFloat32);
}

/** Whether no shorter text than this number's is the same float32. */
function isShortestFloat32(value: number): boolean {
  const nearest = Math.fround(value);
  for (let digits = 1; digits <= float32Digits.most; digits++) {
    const text = Number(nearest.toPrecision(digits));
    if (Math.fround(text) === nearest) return text === value;
  }
  return false;
}

function significantBits(value: number): number {
  const bits = new BigUint64Array(Float64Array.of(value).buffer)[0]! & 0xfffffffffffffn;
  if (bits === 0n) return 1;
  let trailing = 0;
  for (let rest = bits; (rest & 1n) === 0n; rest >>= 1n) trailing++;
  return 53 - trailing;
}
