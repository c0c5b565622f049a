import { sigmoid } from "../../unbounded/functions.ts";
import { Unbounded } from "../../unbounded/number.ts";
import type { UnboundedForm } from "../unbounded/form.ts";

export const unbounded: UnboundedForm = {
  ofLogits({ input: [z], y }) {
    const [up, down] = [sigmoid(z!), sigmoid(z!.negated())];
    const label = Unbounded.of(y);
    const d = Unbounded.one.minus(label).times(up).minus(label.times(down));
    return { loss: d.times(d), gradients: [d.times(up).times(down).timesPowerOfTwo(1)] };
  },
};
