import { Random } from "#lossd/grading/random.js";
import type { Numbers, Sample } from "#lossd/grading/sample.js";

const f = Math.fround;

/** What a correct program in float32 gives: every operation is rounded, as an array library would. */
export function inFloat32(sample: Sample): Numbers {
  const examples = sample.rows.map((row) => formulas[sample.loss.name]!(row.z.map(f), row.t.map(f), row.y, sample));
  const scale = f(1 / sample.denominator);
  const losses = Float64Array.from(examples, ({ loss }, i) =>
    sample.weights[i] === 0 ? 0 : f(loss * sample.weights[i]!),
  );
  const gradients = Float64Array.from(
    examples.flatMap(({ gradient }, i) =>
      Array.from(gradient, (g) => (sample.weights[i] === 0 ? 0 : f(g * f(sample.weights[i]! * scale)))),
    ),
  );
  const total = losses.reduce((sum, loss) => f(sum + loss), 0);
  return { ...(sample.right.loss !== undefined && { loss: f(total * scale) }), losses, gradients };
}

interface One {
  readonly loss: number;
  readonly gradient: ArrayLike<number>;
}

type Formula = (z: Float64Array, t: Float64Array, y: number, sample: Sample) => One;

const exp = (x: number) => f(Math.exp(x));
const log = (x: number) => f(Math.log(x));
const sigmoid = (x: number) => (x >= 0 ? f(1 / f(1 + exp(-x))) : f(exp(x) / f(1 + exp(x))));
const softplus = (x: number) => f(Math.max(x, 0) + f(Math.log1p(exp(-Math.abs(x)))));

const formulas: Readonly<Record<string, Formula>> = {
  cross_entropy: (z, t) => {
    const top = Math.max(...z);
    const powers = z.map((logit) => exp(f(logit - top)));
    const total = powers.reduce((sum, power) => f(sum + power), 0);
    const mass = t.reduce((sum, value) => f(sum + value), 0);
    const logs = z.map((logit) => f(f(logit - top) - log(total)));
    return {
      loss: f(-logs.reduce((sum, value, j) => f(sum + f(t[j]! * value)), 0)),
      gradient: powers.map((power, j) => f(f(mass * f(power / total)) - t[j]!)),
    };
  },
  binary_cross_entropy: (z, t) => ({
    loss: f(softplus(z[0]!) - f(t[0]! * z[0]!)),
    gradient: [f(sigmoid(z[0]!) - t[0]!)],
  }),
  mse: (z, t) => {
    const d = f(z[0]! - t[0]!);
    return { loss: f(d * d), gradient: [f(2 * d)] };
  },
  hinge: (z, _t, y) => {
    const slack = f(1 - f(y * z[0]!));
    return { loss: Math.max(0, slack), gradient: [slack > 0 ? -y : 0] };
  },
};

export const float32Losses = Object.keys(formulas);

export function rounded(decimals: number, { loss, losses, gradients }: Numbers): Numbers {
  const round = (value: number) => Number(value.toFixed(decimals));
  return {
    ...(loss !== undefined && { loss: round(loss) }),
    losses: losses!.map(round),
    gradients: gradients!.map(round),
  };
}

/** Numbers of the right size and shape that are no answer. */
export function noise(seed: number, { right }: Sample): Numbers {
  const random = new Random(seed);
  const around = (value: number) => value * random.between(-3, 3) + random.between(-1, 1);
  return {
    ...(right.loss !== undefined && { loss: around(right.loss) }),
    losses: right.losses.map(around),
    gradients: right.gradients.map(around),
  };
}
