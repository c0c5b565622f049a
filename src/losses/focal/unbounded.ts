import { log, log1p, pow, sigmoid, softplus } from "../../unbounded/functions.ts";
import { Unbounded } from "../../unbounded/number.ts";
import { option, type UnboundedExample, type UnboundedForm } from "../unbounded/form.ts";

export const unbounded: UnboundedForm = {
  factors({ alpha }) {
    return typeof alpha === "number" ? [alpha, 1 - alpha] : [];
  },
  ofLogits(example) {
    const { input, y, options } = example;
    const s = y === 1 ? input[0]! : input[0]!.negated();
    const [p, q, surprise] = [sigmoid(s), sigmoid(s.negated()), softplus(s.negated())];
    const gamma = option(options, "gamma") ?? 2;
    const weight = balance(example).times(pow(q, gamma));
    const slope = weight.times(Unbounded.of(gamma).times(p).times(surprise).plus(q));
    return { loss: weight.times(surprise), gradients: [y === 1 ? slope.negated() : slope] };
  },
  ofProbabilities(example) {
    const { input, y, options } = example;
    const given = input[0]!;
    const rest = Unbounded.one.minus(given);
    const [p, q] = y === 1 ? [given, rest] : [rest, given];
    const surprise = p.sign === 0 ? Unbounded.beyond : (y === 1 ? log(given) : log1p(given.negated())).negated();
    const gamma = option(options, "gamma") ?? 2;
    const weight = balance(example).times(pow(q, gamma));
    // q^(γ−1)·ℓ as q^γ·(ℓ/q), which is q^γ at q = 0.
    const ratio = q.sign === 0 ? Unbounded.one : surprise.over(q);
    const slope = weight.times(
      Unbounded.of(gamma)
        .times(ratio)
        .plus(p.sign === 0 ? Unbounded.beyond : Unbounded.one.over(p)),
    );
    return { loss: weight.times(surprise), gradients: [y === 1 ? slope.negated() : slope] };
  },
};

function balance({ y, options }: UnboundedExample): Unbounded {
  const { alpha } = options;
  if (typeof alpha !== "number") return Unbounded.one;
  return y === 1 ? Unbounded.of(alpha) : Unbounded.one.minus(Unbounded.of(alpha));
}
