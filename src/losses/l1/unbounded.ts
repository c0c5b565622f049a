import { Unbounded } from "../../unbounded/number.ts";
import type { UnboundedForm } from "../unbounded/form.ts";

export const unbounded: UnboundedForm = {
  ofLogits({ input, y }) {
    const d = input[0]!.minus(Unbounded.of(y));
    return { loss: d.size(), gradients: [Unbounded.of(d.sign)] };
  },
};
