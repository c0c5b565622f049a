import { multiply, reduce, regularised, unregularised, variantsOf } from "../diagnosis/predict.ts";
import type { Mistake } from "../mistakes/mistake.ts";
import type { Arithmetic } from "../task/arithmetic.ts";
import type { Numbers, Sample } from "../task/sample.ts";

/** One way to make a mistake, by its index among the mistake's. */
export interface Variant {
  readonly mistake: Mistake;
  readonly variant: number;
}

/** Every way to make these mistakes that some case knows of; at least one a mistake. */
export function everyVariant(
  mistakes: readonly Mistake[],
  samples: readonly Sample[],
  arithmetic: Arithmetic,
): Variant[] {
  return mistakes.flatMap((mistake) => {
    const count = Math.max(1, ...samples.map((sample) => countOf(mistake, sample, arithmetic)));
    return Array.from({ length: count }, (_, variant) => ({ mistake, variant }));
  });
}

function countOf(mistake: Mistake, sample: Sample, arithmetic: Arithmetic): number {
  if (mistake.kind === "shape" || mistake.kind === "form") return mistake.variants.length;
  return variantsOf(mistake.kind === "factor" ? mistake.of(sample, arithmetic) : mistake.of(sample)).length;
}

/** The numbers of a wrong program for a case; undefined where its formula has no meaning there. */
export function claimOf({ mistake, variant }: Variant, sample: Sample, arithmetic: Arithmetic): Numbers | undefined {
  const right = unregularised(sample);
  switch (mistake.kind) {
    case "shape": {
      const wrong = mistake.variants[variant]?.(sample, arithmetic);
      return wrong && regularised(sample, reduce(sample, wrong));
    }
    case "form": {
      const wrong = mistake.variants[variant]?.(right, sample);
      return wrong && regularised(sample, { ...right, ...wrong });
    }
    case "factor": {
      const factors = variantsOf(mistake.of(sample, arithmetic))[variant];
      return factors && regularised(sample, multiply(right, factors));
    }
    case "penalty": {
      const regularisation = sample.linear && variantsOf(mistake.of(sample))[variant];
      return regularisation && regularised(sample, right, regularisation);
    }
  }
}
