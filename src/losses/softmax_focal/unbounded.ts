import { pow } from "../../unbounded/functions.ts";
import { Unbounded } from "../../unbounded/number.ts";
import { softmax } from "../../unbounded/softmax.ts";
import { option, type UnboundedExample, type UnboundedForm } from "../unbounded/form.ts";

export const unbounded: UnboundedForm = {
  factors({ alpha }) {
    return typeof alpha === "number" ? [alpha] : Array.isArray(alpha) ? alpha : [];
  },
  ofLogits(example) {
    const { input, y, options } = example;
    const { shares, others, surprises } = softmax(input);
    const [p, q, surprise] = [shares[y]!, others[y]!, surprises[y]];
    const gamma = option(options, "gamma") ?? 2;
    const weight = balance(example).times(pow(q, gamma));
    const bent = surprise ? Unbounded.of(gamma).times(p).times(surprise) : Unbounded.zero;
    const slope = weight.times(bent.plus(q));
    const gradients = shares.map((share, j) => {
      if (j === y) return slope.negated();
      return q.sign === 0 ? Unbounded.zero : slope.times(share).over(q);
    });
    return { loss: weight.times(surprise ?? Unbounded.beyond), gradients };
  },
};

function balance({ y, options }: UnboundedExample): Unbounded {
  const { alpha } = options;
  const weight = Array.isArray(alpha) ? (alpha[y] as number) : typeof alpha === "number" ? alpha : 1;
  return Unbounded.of(weight);
}
