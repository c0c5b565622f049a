// The exported functions of one or two numbers, which hold no memory of their own.
import type { Random } from "../determinism/random.ts";
import type { Call, GuardedMemory } from "./guarded_memory.ts";

/** A finite answer, or infinity where it is beyond the doubles: never NaN or −0. */
function checked(value: number, what: string): number {
  if (Number.isNaN(value) || Object.is(value, -0)) throw new Error(`${what} is ${Object.is(value, -0) ? "-0" : value}`);
  return 1;
}

const of = (draw: (random: Random) => number[]) => (memory: GuardedMemory, call: Call, random: Random) => () => {
  memory.clear();
  const values = draw(random);
  return checked(call(...values), `the function of ${values.join(" and ")}`);
};

const positive = (random: Random) => Math.abs(random.finite());

export const scalarPlans = {
  scalar_exp: of((random) => [random.finite()]),
  scalar_log: of((random) => [positive(random)]),
  scalar_log1p: of((random) => [positive(random)]),
  scalar_pow: of((random) => [positive(random), random.finite()]),
};
