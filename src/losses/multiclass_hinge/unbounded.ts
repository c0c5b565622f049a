import { sumExactly } from "../../unbounded/functions.ts";
import { Unbounded } from "../../unbounded/number.ts";
import { option, type UnboundedForm } from "../unbounded/form.ts";

export const unbounded: UnboundedForm = {
  ofLogits({ input, y, options }) {
    const own = input[y];
    let rival = -1;
    input.forEach((z, j) => {
      if (z && j !== y && (rival < 0 || input[rival]!.isBelow(z))) rival = j;
    });
    const margin = Unbounded.of(option(options, "margin") ?? 1);
    const slack = own && rival >= 0 ? sumExactly(margin, input[rival]!, own.negated()) : Unbounded.beyond;
    const counts = rival >= 0 && slack.sign > 0;
    const gradients = input.map((_, j) => Unbounded.of(!counts ? 0 : j === y ? -1 : j === rival ? 1 : 0));
    return { loss: counts ? slack : Unbounded.zero, gradients };
  },
};
