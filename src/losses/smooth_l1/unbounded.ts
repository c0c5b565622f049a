import { Unbounded } from "../../unbounded/number.ts";
import { option, type UnboundedForm } from "../unbounded/form.ts";

export const unbounded: UnboundedForm = {
  factors: (options) => [1 / (option(options, "beta") ?? 1)],
  ofLogits({ input, y, options }) {
    const d = input[0]!.minus(Unbounded.of(y));
    const beta = Unbounded.of(option(options, "beta") ?? 1);
    if (!d.size().isBelow(beta)) {
      return { loss: d.size().minus(beta.timesPowerOfTwo(-1)), gradients: [Unbounded.of(d.sign)] };
    }
    const ratio = d.over(beta);
    return { loss: d.times(ratio).timesPowerOfTwo(-1), gradients: [ratio] };
  },
};
