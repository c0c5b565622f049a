import { log, sum } from "../../unbounded/functions.ts";
import { Unbounded } from "../../unbounded/number.ts";
import { divergenceFactors, pairOf } from "../unbounded/divergences.ts";
import { option, type UnboundedForm } from "../unbounded/form.ts";
import { certain } from "../unbounded/targets.ts";

export const unbounded: UnboundedForm = {
  factors(options) {
    const beta = option(options, "beta") ?? 0.5;
    return [...divergenceFactors(options), beta, 1 - beta];
  },
  ofLogits(example) {
    const { student, target, lossFactor, slopeFactor } = pairOf(example);
    const beta = Unbounded.of(option(example.options, "beta") ?? 0.5);
    const rest = Unbounded.one.minus(beta);
    const mixture = student.shares.map((p, j) => beta.times(target.shares[j]!).plus(rest.times(p)));
    const mixed = mixture.map((m) => (m.sign > 0 ? log(m).negated() : undefined));
    const ratios = student.shares.map((p, j) => (p.sign > 0 ? mixed[j]!.minus(student.surprises[j]!) : undefined));
    const ofStudent = sum(student.shares.map((p, j) => (ratios[j] ? p.times(ratios[j]) : p)));
    const ofTarget = sum(
      target.shares.map((u, j) => (u.sign > 0 ? u.times(mixed[j]!.minus(target.surprises[j]!)) : u)),
    );
    const loss = beta.times(ofTarget).plus(rest.times(ofStudent));
    const factor = slopeFactor.times(rest);
    const gradients = student.shares.map((p, j) =>
      ratios[j] ? certain(ratios[j].minus(ofStudent))?.times(p).times(factor) : p,
    );
    return { loss: certain(loss)?.times(lossFactor), gradients };
  },
};
