/** A number of the service: JSON has no word for infinity and NaN, so they are strings. */
export type Real = number | "Infinity" | "-Infinity" | "NaN";

export const toNumber = (value: Real): number => Number(value);

/** A number as people read it: six digits at most, with a true minus. */
export function shown(value: Real): string {
  const number = toNumber(value);
  if (number === Number.POSITIVE_INFINITY) return "∞";
  if (number === Number.NEGATIVE_INFINITY) return "−∞";
  const size = Math.abs(number);
  const text = size !== 0 && (size < 1e-4 || size >= 1e6) ? number.toExponential(3) : String(+number.toPrecision(6));
  return text
    .replace(/e\+?/, " · 10^")
    .replaceAll("-", "−")
    .replace(/10\^(.+)$/, (_, power) => `10${raised(power)}`);
}

const superscripts = "⁰¹²³⁴⁵⁶⁷⁸⁹";

function raised(power: string): string {
  return power.replace("−", "⁻").replace(/\d/g, (digit) => superscripts[Number(digit)]!);
}

/** Evenly spaced places, both ends included: where a picture asks the service. */
export function spread(from: number, to: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => Number((from + ((to - from) * i) / (count - 1)).toFixed(6)));
}
