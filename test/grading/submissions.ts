import { SeededRandom } from "#lossd/grading/task/random.js";
import type { Numbers, Sample } from "#lossd/grading/task/sample.js";

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
  const random = new SeededRandom(seed);
  const around = (value: number) => value * random.between(-3, 3) + random.between(-1, 1);
  return {
    ...(right.loss !== undefined && { loss: around(right.loss) }),
    losses: right.losses.map(around),
    gradients: right.gradients.map(around),
  };
}
