/** From numbers to pixels along one axis. */
export interface Scale {
  readonly from: number;
  readonly to: number;
  (value: number): number;
}

export function scale([from, to]: readonly [number, number], [start, end]: readonly [number, number]): Scale {
  const at = (value: number) => start + ((value - from) / (to - from)) * (end - start);
  return Object.assign(at, { from, to });
}

/** Round places within the bounds: about `count`, with steps of 1, 2 or 5 times a power of ten. */
export function ticks(from: number, to: number, count: number): number[] {
  const rough = (to - from) / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough * 0.999) ?? 10 * power;
  const first = Math.ceil(from / step - 1e-9);
  const last = Math.floor(to / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** Bounds that hold all finite values and `always`, with some air; a width of nothing is widened. */
export function bounds(values: readonly number[], always: readonly number[]): [number, number] {
  const all = [...values.filter((value) => Math.abs(value) < 1e300), ...always];
  const [least, greatest] = [Math.min(...all), Math.max(...all)];
  if (least === greatest) return [least - 1, greatest + 1];
  const air = (greatest - least) * 0.06;
  return [least === 0 ? 0 : least - air, greatest === 0 ? 0 : greatest + air];
}

/** A tick's words: plain digits, as people write them. */
export function tickText(value: number): string {
  const size = Math.abs(value);
  const text = size >= 1e7 || (size > 0 && size < 1e-6) ? value.toExponential() : String(value);
  return text.replace("-", "−");
}
