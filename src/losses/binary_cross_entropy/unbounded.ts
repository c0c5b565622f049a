import { log, log1p, sigmoid, softplus } from "../../unbounded/functions.ts";
import { Unbounded } from "../../unbounded/number.ts";
import { option, type UnboundedExample, type UnboundedForm } from "../unbounded/form.ts";
import { certain, decompose } from "../unbounded/targets.ts";

export const unbounded: UnboundedForm = {
  factors: (options) => [option(options, "pos_weight") ?? 1, option(options, "label_smoothing") ?? 0],
  ofLogits(example) {
    const z = example.input[0]!;
    const [a, b] = target(example);
    const [p, q] = [sigmoid(z), sigmoid(z.negated())];
    const [nl0, nl1] = [softplus(z), softplus(z.negated())];
    const loss = a.times(nl0).plus(b.times(nl1));
    const rising = a.times(p);
    return { loss, gradients: [certain(rising.minus(b.times(q)), rising)], ...decompose([a, b], [nl0, nl1]) };
  },
  ofProbabilities(example) {
    const p = example.input[0]!;
    const [a, b] = target(example);
    const q = Unbounded.one.minus(p);
    const nl0 = q.sign === 0 ? Unbounded.beyond : log1p(p.negated()).negated();
    const nl1 = p.sign === 0 ? Unbounded.beyond : log(p).negated();
    const rising = quotient(a, q);
    const falling = quotient(b, p);
    const loss = a.times(nl0).plus(b.times(nl1));
    return { loss, gradients: [rising.minus(falling)], ...decompose([a, b], [nl0, nl1]) };
  },
};

function quotient(mass: Unbounded, share: Unbounded): Unbounded {
  return share.sign === 0 ? mass.times(Unbounded.beyond) : mass.over(share);
}

/** The masses of the negative and of the positive class. */
function target({ y, options }: UnboundedExample): [Unbounded, Unbounded] {
  const smoothing = Unbounded.of(option(options, "label_smoothing") ?? 0);
  const kept = Unbounded.one.minus(smoothing);
  const half = smoothing.timesPowerOfTwo(-1);
  const label = Unbounded.of(y);
  const positive = label.times(kept).plus(half);
  const negative = Unbounded.one.minus(label).times(kept).plus(half);
  return [negative, positive.times(Unbounded.of(option(options, "pos_weight") ?? 1))];
}
