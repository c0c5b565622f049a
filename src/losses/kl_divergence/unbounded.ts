import { sum } from "../../unbounded/functions.ts";
import type { Unbounded } from "../../unbounded/number.ts";
import { divergenceFactors, pairOf } from "../unbounded/divergences.ts";
import type { UnboundedForm } from "../unbounded/form.ts";
import { certain } from "../unbounded/targets.ts";

export const unbounded: UnboundedForm = {
  factors: divergenceFactors,
  ofLogits(example) {
    const { student, target, mass, lossFactor, slopeFactor } = pairOf(example);
    const factor = slopeFactor.times(mass);
    const gradients = student.shares.map((p, j) => {
      const rising = p.times(target.others[j]!);
      return certain(rising.minus(target.shares[j]!.times(student.others[j]!)), rising)?.times(factor);
    });
    return { loss: divergence(target, student)?.times(mass).times(lossFactor), gradients };
  },
};

/** Σ u·(log u − log p); undefined if it is infinite, or its digits are lost. */
function divergence(of: ReturnType<typeof pairOf>["target"], from: typeof of): Unbounded | undefined {
  const here = of.shares.flatMap((u, j) =>
    u.sign > 0 ? [{ u, own: of.surprises[j]!, other: from.surprises[j] }] : [],
  );
  if (here.some(({ other }) => !other)) return undefined;
  const crossed = sum(here.map(({ u, other }) => u.times(other!)));
  return certain(crossed.minus(sum(here.map(({ u, own }) => u.times(own)))), crossed);
}
