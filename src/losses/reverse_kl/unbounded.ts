import { sum } from "../../unbounded/functions.ts";
import { Unbounded } from "../../unbounded/number.ts";
import type { Softmax } from "../../unbounded/softmax.ts";
import { divergenceFactors, pairOf } from "../unbounded/divergences.ts";
import type { UnboundedForm } from "../unbounded/form.ts";
import { certain } from "../unbounded/targets.ts";

export const unbounded: UnboundedForm = {
  // Of two shares that no double holds the ratio may be one of any size: more than what is harmless.
  factors: (options) => [16, ...divergenceFactors(options)],
  ofLogits(example) {
    const { student, target, lossFactor, slopeFactor } = pairOf(example);
    const { shares, surprises } = student;
    const classes = shares.map((_, j) => j).filter((j) => surprises[j]);
    if (classes.some((j) => !target.surprises[j]))
      return { loss: Unbounded.beyond, gradients: excluded(student, target) };
    const ratio = (j: number) => target.surprises[j]!.minus(surprises[j]!);
    const loss = sum(classes.map((j) => shares[j]!.times(ratio(j))));
    const crossed = sum(classes.map((j) => shares[j]!.times(target.surprises[j]!)));
    const gradients = shares.map((p, j) => {
      if (!surprises[j]) return p;
      const made = crossed.plus(target.surprises[j]!).plus(surprises[j]);
      return certain(ratio(j).minus(loss), made)?.times(p).times(slopeFactor);
    });
    return { loss: certain(loss, crossed)?.times(lossFactor), gradients };
  },
};

/** Out of the classes that the target lacks, however small the student's shares of them are, into those of both, if any. */
function excluded(student: Softmax, target: Softmax): Unbounded[] {
  const within = student.surprises.some((own, j) => own && target.surprises[j]);
  return student.surprises.map((own, j) => {
    if (!own || !within) return Unbounded.zero;
    return target.surprises[j] ? Unbounded.beyond.negated() : Unbounded.beyond;
  });
}
