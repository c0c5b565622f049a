import { exp } from "../../unbounded/functions.ts";
import { Unbounded } from "../../unbounded/number.ts";
import type { UnboundedForm } from "../unbounded/form.ts";

export const unbounded: UnboundedForm = {
  ofLogits({ input: [z], y }) {
    const rate = exp(z!);
    const label = Unbounded.of(y);
    return { loss: rate.minus(label.times(z!)), gradients: [rate.minus(label)] };
  },
};
