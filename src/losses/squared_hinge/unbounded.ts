import { Unbounded } from "../../unbounded/number.ts";
import { option, type UnboundedForm } from "../unbounded/form.ts";

export const unbounded: UnboundedForm = {
  ofLogits({ input, y, options }) {
    const label = Unbounded.of(y);
    const slack = Unbounded.of(option(options, "margin") ?? 1).minus(label.times(input[0]!));
    const shortfall = slack.sign > 0 ? slack : Unbounded.zero;
    return { loss: shortfall.times(shortfall), gradients: [shortfall.times(label).timesPowerOfTwo(1).negated()] };
  },
};
