import { Unbounded } from "../../unbounded/number.ts";
import { option, type UnboundedForm } from "../unbounded/form.ts";

export const unbounded: UnboundedForm = {
  factors: (options) => [option(options, "delta") ?? 1],
  ofLogits({ input, y, options }) {
    const d = input[0]!.minus(Unbounded.of(y));
    const delta = Unbounded.of(option(options, "delta") ?? 1);
    if (!delta.isBelow(d.size())) return { loss: d.times(d).timesPowerOfTwo(-1), gradients: [d] };
    const line = delta.times(d.size().minus(delta.timesPowerOfTwo(-1)));
    return { loss: line, gradients: [d.sign < 0 ? delta.negated() : delta] };
  },
};
