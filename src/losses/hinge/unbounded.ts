import { Unbounded } from "../../unbounded/number.ts";
import { option, type UnboundedForm } from "../unbounded/form.ts";

const kinks = new Map<unknown, number>([
  ["half", 0.5],
  ["full", 1],
]);

export const unbounded: UnboundedForm = {
  ofLogits({ input, y, options }) {
    const label = Unbounded.of(y);
    const slack = Unbounded.of(option(options, "margin") ?? 1).minus(label.times(input[0]!));
    const slope = slack.sign > 0 ? 1 : slack.sign === 0 ? (kinks.get(options["kink"]) ?? 0) : 0;
    return { loss: slack.sign > 0 ? slack : Unbounded.zero, gradients: [Unbounded.of(-y * slope)] };
  },
};
