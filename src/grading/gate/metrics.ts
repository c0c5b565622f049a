import { compute } from "../../engine/compute.ts";
import type { Engine } from "../../engine/engine.ts";
import { readBatch } from "../../library/compute.ts";
import type { Loss } from "../../losses/loss.ts";
import { arithmeticOf } from "../task/arithmetic.ts";
import { greatest } from "../task/greatest.ts";

/** What evaluation pipelines gate on. */
export interface Metrics {
  /** The reduced loss, in nats where it is a logarithm. Absent, as all others, where there is nothing to average. */
  readonly loss?: number;
  /** e^loss, and loss/log 2: for a cross-entropy. */
  readonly perplexity?: number;
  readonly bits?: number;
  readonly accuracy?: number;
  /** The mean distance between confidence and accuracy over bins of confidence (M. P. Naeini et al., 2015). */
  readonly expected_calibration_error?: number;
  readonly examples: number;
}

const bins = 15;

/** The metrics of a batch: a request body of the loss. Throws a Problem (invalid_request). */
export function metricsOf(engine: Engine, loss: Loss, body: Readonly<Record<string, unknown>>): Metrics {
  const { exp, log } = arithmeticOf(engine);
  const wanted = [
    ...(loss.supports.accuracy ? ["accuracy"] : []),
    ...(loss.activation === "identity" ? [] : ["probabilities"]),
  ];
  const { outputs: _outputs, reduction: _reduction, ...fields } = body;
  const batch = readBatch(loss, new Map(Object.entries({ ...fields, outputs: wanted })));
  engine.reset();
  const result = compute(engine, batch);
  const { accuracy, probabilities, valid_count: validCount } = result;
  // A loss of 0 over no example would pass a gate.
  if (result.denominator === 0 || validCount === 0) return { examples: validCount };
  const mean = result.loss!;
  const mask = batch.tensors.mask?.data;
  const ignored = (i: number) => mask?.[i] === 0 || batch.tensors.labels?.data[i] === batch.options["ignore_index"];
  return {
    loss: mean,
    ...(loss.family === "cross_entropy" && { perplexity: exp(mean), bits: mean / log(2) }),
    ...(accuracy && { accuracy: accuracy.mean }),
    ...(accuracy &&
      probabilities && {
        expected_calibration_error: calibrationError(
          confidences(probabilities.data, accuracy.correct.data.length),
          accuracy.correct.data,
          ignored,
        ),
      }),
    examples: validCount,
  };
}

/** Per example the probability of what is predicted: the greatest of a row, or of p and 1 − p. */
function confidences(probabilities: ArrayLike<number>, examples: number): Float64Array {
  const classes = examples === 0 ? 1 : probabilities.length / examples;
  return Float64Array.from({ length: examples }, (_, i) => {
    const row = Array.from({ length: classes }, (_, c) => probabilities[i * classes + c]!);
    return classes === 1 ? Math.max(row[0]!, 1 - row[0]!) : greatest(row);
  });
}

/** Σ_bins |Σ (confidence − correct)|/N, over bins of equal width. */
function calibrationError(
  confidence: Float64Array,
  correct: ArrayLike<number>,
  ignored: (i: number) => boolean,
): number {
  const gaps = new Float64Array(bins);
  let count = 0;
  for (let i = 0; i < confidence.length; i++) {
    if (ignored(i)) continue;
    gaps[Math.min(bins - 1, Math.floor(confidence[i]! * bins))]! += confidence[i]! - correct[i]!;
    count++;
  }
  return count === 0 ? 0 : gaps.reduce((sum, gap) => sum + Math.abs(gap), 0) / count;
}
