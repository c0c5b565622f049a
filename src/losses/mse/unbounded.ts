import { Unbounded } from "../../unbounded/number.ts";
import { option, type UnboundedForm } from "../unbounded/form.ts";

export const unbounded: UnboundedForm = {
  factors: (options) => [option(options, "scale") ?? 1],
  ofLogits({ input, y, options }) {
    const d = input[0]!.minus(Unbounded.of(y));
    const scaled = d.times(Unbounded.of(option(options, "scale") ?? 1));
    return { loss: scaled.times(d), gradients: [scaled.timesPowerOfTwo(1)] };
  },
};
