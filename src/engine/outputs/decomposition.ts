import * as at from "../../kernels/batch.ts";
import type { BatchResult } from "../batch.ts";
import type { ResidentBatch } from "../resident_batch.ts";

/** Its terms an example, and their weighted means. */
export function decompositionOf(batch: ResidentBatch, divisor: number): NonNullable<BatchResult["decomposition"]> {
  return {
    cross_entropy: batch.perExample(at.CROSS_ENTROPY),
    entropy: batch.perExample(at.ENTROPY),
    kl_divergence: batch.perExample(at.KL_DIVERGENCE),
    mean: {
      cross_entropy: batch.mean(at.CROSS_ENTROPY, divisor),
      entropy: batch.mean(at.ENTROPY, divisor),
      kl_divergence: batch.mean(at.KL_DIVERGENCE, divisor),
    },
  };
}
