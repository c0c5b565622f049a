import { exp, expm1, log, log1p } from "../../unbounded/functions.ts";
import { Unbounded } from "../../unbounded/number.ts";
import type { UnboundedForm } from "../unbounded/form.ts";

const two = Unbounded.of(2);

export const unbounded: UnboundedForm = {
  ofLogits({ input, y }) {
    const d = input[0]!.minus(Unbounded.of(y));
    const size = d.size();
    // 1 − e^(−2|d|), and tanh |d| by it.
    const gap = expm1(size.timesPowerOfTwo(1).negated()).negated();
    const tanh = gap.over(two.minus(gap));
    return {
      loss: size.isBelow(Unbounded.one) ? near(size) : far(size),
      gradients: [d.sign < 0 ? tanh.negated() : tanh],
    };
  },
};

/** log(1 + (cosh d − 1)), with cosh d − 1 = (e^d − 1)²/(2e^d). */
function near(size: Unbounded): Unbounded {
  const rise = expm1(size);
  return log1p(rise.times(rise).over(exp(size).timesPowerOfTwo(1)));
}

function far(size: Unbounded): Unbounded {
  return size.minus(log(two)).plus(log1p(exp(size.timesPowerOfTwo(1).negated())));
}
