import { sum, sumExactly } from "../../unbounded/functions.ts";
import { Unbounded } from "../../unbounded/number.ts";
import { option, type UnboundedForm } from "../unbounded/form.ts";

export const unbounded: UnboundedForm = {
  // At most: 1/C.
  factors: () => [0.5],
  ofLogits({ input, y, classWeights, options }) {
    const own = input[y];
    const margin = Unbounded.of(option(options, "margin") ?? 1);
    const squared = options["p"] === 2;
    const slacks = input.map((z, j) => {
      if (!z || j === y) return Unbounded.zero;
      const slack = own ? sumExactly(margin, z, own.negated()) : Unbounded.beyond;
      return slack.sign > 0 ? slack : Unbounded.zero;
    });
    const factor = (classWeights?.[y] ?? Unbounded.one).over(Unbounded.of(input.filter(Boolean).length));
    const terms = squared ? slacks.map((slack) => slack.times(slack)) : slacks;
    const slopes = slacks.map((slack) => factor.times(squared ? slack.timesPowerOfTwo(1) : Unbounded.of(slack.sign)));
    const gradients = slopes.with(y, sum(slopes).negated());
    return { loss: sum(terms).times(factor), gradients };
  },
};
