import { log, sum } from "../../unbounded/functions.ts";
import { Unbounded } from "../../unbounded/number.ts";
import { softmax } from "../../unbounded/softmax.ts";
import { option, type UnboundedExample, type UnboundedForm } from "../unbounded/form.ts";
import { certain, decompose, othersOf } from "../unbounded/targets.ts";

export const unbounded: UnboundedForm = {
  factors: (options) => [1 / (option(options, "temperature") ?? 1), option(options, "label_smoothing") ?? 0],
  ofLogits(example) {
    const temperature = Unbounded.of(option(example.options, "temperature") ?? 1);
    const { shares, others, surprises } = softmax(example.input, temperature);
    const target = effectiveTarget(example);
    const left = othersOf(target);
    const gradients = target.map((t, j) => {
      const rising = left[j]!.times(shares[j]!);
      return certain(rising.minus(t.times(others[j]!)), rising)?.over(temperature);
    });
    return { loss: lossOf(target, surprises), gradients, ...decompose(target, surprises) };
  },
  ofProbabilities(example) {
    const target = effectiveTarget(example);
    const surprises = example.input.map((p) => (p!.sign > 0 ? log(p!).negated() : undefined));
    const gradients = target.map((t, j) => {
      const p = example.input[j]!;
      return (p.sign > 0 ? t.over(p) : t.times(Unbounded.beyond)).negated();
    });
    // A divergence of given probabilities holds their rounding too, as the kernel forms it.
    const { entropy } = decompose(target, surprises);
    return { loss: lossOf(target, surprises), gradients, entropy, divergence: undefined };
  },
};

function lossOf(target: readonly Unbounded[], surprises: readonly (Unbounded | undefined)[]): Unbounded {
  return sum(target.map((t, j) => t.times(surprises[j] ?? Unbounded.beyond)));
}

/** w_c·((1−ε)·y_c + ε/C), without the smoothing for a class that does not exist. */
function effectiveTarget({ input, target, classWeights, options }: UnboundedExample): Unbounded[] {
  const smoothing = Unbounded.of(option(options, "label_smoothing") ?? 0);
  const kept = Unbounded.one.minus(smoothing);
  const share = smoothing.over(Unbounded.of(input.filter(Boolean).length));
  return target.map((y, c) => {
    const smoothed = input[c] ? y.times(kept).plus(share) : y.times(kept);
    return classWeights ? smoothed.times(classWeights[c]!) : smoothed;
  });
}
