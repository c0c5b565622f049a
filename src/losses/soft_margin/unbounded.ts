import { sigmoid, softplus } from "../../unbounded/functions.ts";
import { Unbounded } from "../../unbounded/number.ts";
import type { UnboundedForm } from "../unbounded/form.ts";

export const unbounded: UnboundedForm = {
  ofLogits({ input, y }) {
    const label = Unbounded.of(y);
    const miss = label.times(input[0]!).negated();
    return { loss: softplus(miss), gradients: [label.times(sigmoid(miss)).negated()] };
  },
};
