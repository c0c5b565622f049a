import { log, sum } from "../../unbounded/functions.ts";
import { Unbounded } from "../../unbounded/number.ts";
import { type Softmax, softmax } from "../../unbounded/softmax.ts";
import { option, type UnboundedExample, type UnboundedForm } from "./form.ts";
import { othersOf } from "./targets.ts";

/** A student p and a target P of mass T, with −log of each, and what multiplies a divergence and its slope. */
export interface Pair {
  readonly student: Softmax;
  readonly target: Softmax;
  readonly mass: Unbounded;
  readonly lossFactor: Unbounded;
  readonly slopeFactor: Unbounded;
}

export function pairOf({ input, target, teacher, options }: UnboundedExample): Pair {
  const temperature = Unbounded.of(option(options, "temperature") ?? 1);
  const isScaled = options["scale_by_temperature_squared"] === true;
  const mass = teacher ? Unbounded.one : sum(target);
  return {
    student: softmax(input, temperature),
    target: teacher ? softmax(teacher, temperature) : distribution(target, mass),
    mass,
    lossFactor: isScaled ? temperature.times(temperature) : Unbounded.one,
    slopeFactor: isScaled ? temperature : Unbounded.one.over(temperature),
  };
}

function distribution(target: readonly Unbounded[], mass: Unbounded): Softmax {
  const shares = target.map((t) => t.over(mass));
  return {
    shares,
    others: othersOf(shares),
    surprises: shares.map((share) => (share.sign > 0 ? log(share).negated() : undefined)),
  };
}

/** τ, 1/τ and τ² multiply a divergence or its slope; and shares below 1 do its logarithms. */
export const divergenceFactors: NonNullable<UnboundedForm["factors"]> = (options) => {
  const temperature = option(options, "temperature") ?? 1;
  return options["scale_by_temperature_squared"] === true ? [0.5, temperature, temperature] : [0.5, 1 / temperature];
};
