import { log1p, sum } from "../../unbounded/functions.ts";
import { bitsKept, manyBits, Unbounded } from "../../unbounded/number.ts";

/**
 * T·H(u) and T·KL(u‖p) of a target t = T·u, by −log p. The divergence is undefined where its digits are lost in the
 * difference: the kernel forms that otherwise.
 */
export function decompose(
  target: readonly Unbounded[],
  surprises: readonly (Unbounded | undefined)[],
): { entropy: Unbounded; divergence: Unbounded | undefined } {
  const others = othersOf(target);
  // −log u as log(1 + (T−t)/t): of a share next to 1 nothing is lost.
  const terms = target.flatMap((t, j) => (t.sign > 0 ? [{ t, own: log1p(others[j]!.over(t)), nl: surprises[j] }] : []));
  const entropy = sum(terms.map(({ t, own }) => t.times(own)));
  if (terms.some(({ nl }) => nl === undefined)) return { entropy, divergence: undefined };
  const crossed = sum(terms.map(({ t, nl }) => t.times(nl!)));
  return { entropy, divergence: certain(crossed.minus(entropy), crossed) };
}

/**
 * A difference, unless what it was made of is so much larger that its digits are lost: 80 of its bits are to be right. With
 * many bits it is then 0.
 */
export function certain(difference: Unbounded, made = Unbounded.one): Unbounded | undefined {
  if (made.magnitude - difference.magnitude <= bitsKept() - 80) return difference;
  return bitsKept() < manyBits ? undefined : Unbounded.zero;
}

/** All others' sum for each number, without cancellation. */
export function othersOf(numbers: readonly Unbounded[]): Unbounded[] {
  let heavy = 0;
  numbers.forEach((number, j) => {
    if (numbers[heavy]!.isBelow(number)) heavy = j;
  });
  const rest = sum(numbers.filter((_, j) => j !== heavy));
  const total = rest.plus(numbers[heavy]!);
  return numbers.map((number, j) => (j === heavy ? rest : total.minus(number)));
}
