// The quick checks of the engine in guarded memory, against the same question asked number by number.
import { toFloat32 } from "../determinism/float32.ts";
import { drawLogit, profiles } from "../determinism/numbers.ts";
import type { Random } from "../determinism/random.ts";
import type { Call, GuardedMemory } from "./guarded_memory.ts";

type Plan = (memory: GuardedMemory, call: Call, random: Random) => () => number;

/** Any finite numbers; sometimes with a NaN or an infinity among them. */
function someNumbers(random: Random): Float64Array {
  const profile = random.pick(profiles);
  const values = Float64Array.from(random.list(random.below(64), () => drawLogit(random, profile)));
  if (values.length > 0 && random.once(3))
    values[random.below(values.length)] = random.pick([Number.NaN, -1 / 0, 1 / 0]);
  return values;
}

/** The numbers' own range, or one that not all of them are in. */
function someRange(random: Random, values: Float64Array | Float32Array): [number, number] {
  const finite = [...values].filter(Number.isFinite);
  const low = Math.min(0, ...finite);
  return [low, random.once(2) ? Math.max(0, ...finite) : (finite[0] ?? 0)];
}

const allBetween =
  (toNumbers: (values: Float64Array) => Float64Array | Float32Array): Plan =>
  (memory, call, random) =>
  () => {
    memory.clear();
    const values = toNumbers(someNumbers(random));
    const [low, high] = someRange(random, values);
    const held = call(memory.place(values, 1), values.length, low, high) !== 0;
    if (held !== values.every((value: number) => value >= low && value <= high))
      throw new Error("a range is misjudged");
    return values.length;
  };

export const checkPlans: Readonly<Record<string, Plan>> = {
  all_between: allBetween((values) => values),
  all_between_float32: allBetween((values) => Float32Array.from(values, toFloat32)),
  all_apart: (memory, call, random) => () => {
    memory.clear();
    const values = someNumbers(random).map((value) => (random.once(8) ? 0 : value));
    const zeros = random.below(2);
    const least = random.once(2) ? 2 ** -640 : Math.min(...values.map(Math.abs).filter((size) => size > 0), 1);
    const apart = (value: number) => (value === 0 ? zeros === 1 : Number.isFinite(value) && Math.abs(value) >= least);
    const held = call(memory.place(values, 1), values.length, least, zeros) !== 0;
    if (held !== values.every(apart)) throw new Error("distances from 0 are misjudged");
    return values.length;
  },
  all_apart_float32: (memory, call, random) => () => {
    memory.clear();
    const values = Float32Array.from(someNumbers(random), toFloat32).map((value) => (random.once(30) ? 0 : value));
    const held = call(memory.place(values, 1), values.length) !== 0;
    if (held !== values.every((value) => value !== 0 && Number.isFinite(value))) throw new Error("zeros are misjudged");
    return values.length;
  },
  all_distributions: (memory, call, random) => () => {
    memory.clear();
    const rows = random.below(4),
      classes = 1 + random.below(16);
    const values = new Float64Array(rows * classes).fill(1 / classes);
    const wrong = values.length > 0 && random.once(2);
    if (wrong) values[random.below(values.length)] = random.pick([Number.NaN, -1, 1 / classes + 0.01]);
    const held = call(memory.place(values, 1), rows, classes, 1e-3) !== 0;
    if (held === wrong) throw new Error("distributions are misjudged");
    return values.length;
  },
};
