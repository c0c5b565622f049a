// Results whose steps left the doubles, or lost digits at their lower end, though all factors together bring them back:
// those examples are computed once more with numbers without bounds. The kernels stay as quick as without it.
import * as at from "../../kernels/batch.ts";
import type { UnboundedAnswer, UnboundedForm } from "../../losses/unbounded/form.ts";
import { manyBits, powerOfTwo, Unbounded, withBits } from "../../unbounded/number.ts";
import type { Numbers } from "../batch.ts";
import { TakesLong } from "../engine.ts";
import { countOf, ResidentTensor } from "../resident.ts";
import { ResidentBatch } from "../resident_batch.ts";
import { exampleOf } from "./example.ts";
import { farBits, harmlessUp, plus, type Reach, reachOf, sharedReach, stepBits } from "./factors.ts";
import { hasLargeShares, hasTinyShare } from "./shares.ts";
import { mayOverflow, mayVanish, zerosAreRight } from "./suspects.ts";

/** Of sample weights from 2^−150 to 2^150, and 0, it is seen at a glance that they do no harm. */
const glanceBits = 150;
/** Two to four units in the last place. */
const nearness = 4.4e-16;
/** So many powers of two may factors add to numbers that are not large, and none overflows. */
const raisedMax = 100;

/**
 * Mends losses, gradients and the terms of a decomposition in the engine's memory: before anything is summed. Returns
 * whether every loss and gradient is known to be finite.
 */
export function mend(
  resident: ResidentBatch,
  denominator: number,
  runKernels: (resident: ResidentBatch) => void,
): boolean {
  const form = resident.batch.loss.unbounded;
  if (!form || denominator === 0) return false;
  const ofLosses = sharedReach(resident);
  // Losses know no denominator: they are the same under a mean and under a sum.
  const ofMean = reachOf(1 / denominator);
  const shared = plus(ofLosses, ofMean);
  const weights = resident.batch.tensors.sample_weights?.data;
  const isBare = shared.all === 0 && !weights && resident.layout.given === "logits";
  if (isBare) return false;
  if (isRight(resident, ofLosses, ofMean, weights !== undefined)) return true;
  // A float32 alone does not tell what its double was.
  const mending = new Mending(resident, resident.float32 ? widened(resident, runKernels) : resident, form, denominator);
  for (let i = 0; i < resident.count; i++) {
    const weight = weights?.[i] ?? 1;
    if (resident.kept?.[i] === 0 || weight === 0) continue;
    mending.example(i, weight, plus(ofLosses, reachOf(weight)), ofMean);
  }
  return false;
}

/** The same batch in doubles, computed. */
function widened(resident: ResidentBatch, runKernels: (resident: ResidentBatch) => void): ResidentBatch {
  const { engine, batch, layout, kept, peers } = resident;
  const input = { shape: layout.input.shape, data: Float64Array.from(layout.input.data) };
  const stored = () => new ResidentTensor(engine, resident.field(at.LABELS), layout.labels.shape, false);
  const labels = layout.labelled === "labels" ? stored() : layout.labels;
  const tensors = { ...batch.tensors, [layout.given]: input, [layout.labelled]: labels };
  // Labels are normalized by now.
  const options = { ...batch.options, normalize_labels: false };
  const wide = new ResidentBatch(engine, { ...batch, tensors, options }, { ...layout, input, labels }, kept, peers);
  engine.setNumber(wide.address + at.DENOMINATOR, engine.number(resident.address + at.DENOMINATOR));
  runKernels(wide);
  return wide;
}

/** From where on a kernel's result is right, by factors of 2^`up`: of a gradient, or of a loss, which a mean may raise again. */
function leastOf(up: number, harmless: number): number {
  return up <= harmless ? 0 : powerOfTwo(up - farBits);
}

/** Whether it is seen at a glance that every result is right, and finite. */
function isRight(resident: ResidentBatch, ofLosses: Reach, ofMean: Reach, isWeighted: boolean): boolean {
  const shared = plus(ofLosses, ofMean);
  const apart = { all: isWeighted ? glanceBits : 0, up: isWeighted ? glanceBits : 0 };
  if (!hasLargeShares(resident, plus(shared, apart))) return false;
  const { engine, layout, count, float32, weights } = resident;
  const { calls } = engine;
  if (shared.all > farBits - glanceBits) return false;
  if (isWeighted && !calls.all_apart(weights.sample, count, powerOfTwo(-glanceBits), 1)) return false;
  const weighsAtMost = (bits: number) =>
    !isWeighted || calls.all_between(weights.sample, count, 0, powerOfTwo(bits)) !== 0;
  const numbers = countOf(layout.input);
  const [losses, gradients] = [resident.field(at.LOSSES), resident.field(at.GRADIENTS)];
  const zeros = Number(zerosAreRight(resident));
  if (shared.up <= harmlessUp && weighsAtMost(harmlessUp - shared.up)) {
    const isRaised = ofLosses.up > 0 || !weighsAtMost(0);
    if (isRaised && !calls.all_apart(losses, count, leastOf(harmlessUp, 0), zeros)) return false;
    const countNonfinite = float32 ? calls.count_nonfinite_float32 : calls.count_nonfinite;
    return countNonfinite(gradients, numbers) + calls.count_nonfinite(losses, count) === 0;
  }
  if (!weighsAtMost(glanceBits)) return false;
  const least = leastOf(shared.up + (isWeighted ? glanceBits : 0), harmlessUp);
  if (!calls.all_apart(losses, count, least, zeros)) return false;
  if (!float32) return calls.all_apart(gradients, numbers, least, zeros) !== 0;
  return calls.all_apart_float32(gradients, numbers) !== 0;
}

type Suspicion = (value: number) => boolean;
interface Suspicions {
  readonly loss: Suspicion;
  readonly gradient: Suspicion;
}

class Mending {
  readonly #resident: ResidentBatch;
  readonly #answer: NonNullable<UnboundedForm["ofProbabilities"]> | undefined;
  readonly #denominator: Unbounded;
  readonly #losses: Float64Array;
  readonly #gradients: Float64Array;
  readonly #terms: readonly Float64Array[];
  /** Where what is mended goes too: the results of a float32 input. */
  readonly #results: readonly Numbers[];

  /** `resident` is `caller` in doubles. */
  constructor(caller: ResidentBatch, resident: ResidentBatch, form: UnboundedForm, denominator: number) {
    const { engine, layout, count } = resident;
    const numbers = countOf(layout.input);
    this.#resident = resident;
    this.#answer = layout.given === "logits" ? form.ofLogits : form.ofProbabilities;
    this.#denominator = Unbounded.of(denominator);
    this.#losses = engine.numbers(resident.field(at.LOSSES), count);
    this.#gradients = engine.numbers(resident.field(at.GRADIENTS), numbers);
    const terms = resident.wants("decomposition") ? [at.CROSS_ENTROPY, at.ENTROPY, at.KL_DIVERGENCE] : [];
    this.#terms = terms.map((term) => engine.numbers(resident.field(term), count));
    const gradients = caller.field(at.GRADIENTS);
    this.#results = [
      caller.float32 ? engine.floats(gradients, numbers) : engine.numbers(gradients, numbers),
      ...[at.LOSSES, ...terms].map((field) => engine.numbers(caller.field(field), count)),
    ];
  }

  /** Computes an example once more, if one of its numbers may be wrong, and replaces those. */
  example(i: number, weight: number, ofLoss: Reach, ofMean: Reach): void {
    const { layout } = this.#resident;
    const ofGradients = plus(ofLoss, ofMean);
    const own = this.#gradients.subarray(i * layout.classes, (i + 1) * layout.classes);
    const isFar = ofGradients.all > farBits || hasTinyShare(this.#resident, i, ofGradients);
    // Most examples are let go here, without a question to their input.
    const isOrdinaryHere =
      isOrdinary(this.#losses[i]!, ofLoss, 0) && own.every((g) => isOrdinary(g, ofGradients, harmlessUp));
    if (!isFar && isOrdinaryHere) return;
    const isSuspect = {
      loss: suspicion(this.#resident, i, ofLoss, 0),
      gradient: suspicion(this.#resident, i, ofGradients, harmlessUp),
    };
    const isRight = !isSuspect.loss(this.#losses[i]!) && !own.some(isSuspect.gradient);
    const example = isRight || !this.#answer ? undefined : exampleOf(this.#resident, i);
    if (!example) return;
    // A hundred times what the kernel takes.
    if (this.#resident.engine.isHurried) throw new TakesLong();
    const answer = this.#answer!(example);
    const isUncertain =
      (!answer.loss && isSuspect.loss(this.#losses[i]!)) ||
      answer.gradients.some((gradient, j) => !gradient && isSuspect.gradient(own[j]!));
    this.#replace(i, weight, isUncertain ? withBits(manyBits, () => this.#answer!(example)) : answer, isSuspect);
  }

  #replace(i: number, weight: number, answer: UnboundedAnswer, isSuspect: Suspicions): void {
    const factor = Unbounded.of(weight);
    const put = (
      numbers: Float64Array,
      results: Numbers,
      place: number,
      value: Unbounded | undefined,
      isWrong = isSuspect.loss,
    ) => {
      if (!value || !isWrong(numbers[place]!)) return;
      const right = value.toNumber();
      // What the kernel has right but for its last digits stays.
      if (Number.isFinite(right) && Math.abs(numbers[place]! - right) <= Math.abs(right) * nearness) return;
      results[place] = results instanceof Float32Array ? Math.fround(right) + 0 : right;
    };
    const { loss, gradients, entropy, divergence } = answer;
    const [gradientResults, lossResults, ...termResults] = this.#results;
    put(this.#losses, lossResults!, i, loss?.times(factor));
    const from = i * gradients.length;
    for (const [j, gradient] of gradients.entries()) {
      put(
        this.#gradients,
        gradientResults!,
        from + j,
        gradient?.times(factor).over(this.#denominator),
        isSuspect.gradient,
      );
    }
    for (const [term, value] of [loss, entropy, divergence].entries()) {
      if (this.#terms[term]) put(this.#terms[term], termResults[term]!, i, value);
    }
  }
}

function isOrdinary(value: number, { up }: Reach, harmless: number): boolean {
  return Number.isFinite(value) && Math.abs(value) >= leastOf(up, harmless);
}

/** What tells a number of an example that may be wrong; of one with a tiny share every number may be. */
function suspicion(resident: ResidentBatch, i: number, reach: Reach, harmless: number): Suspicion {
  if (reach.all > farBits || hasTinyShare(resident, i, reach)) return () => true;
  const isGiven = resident.layout.given === "probabilities";
  const overflows = once(() => isGiven || reach.up > raisedMax || (reach.all > 0 && mayOverflow(resident, i)));
  const loss = resident.engine.numbers(resident.field(at.LOSSES), resident.count)[i]!;
  // Beside an infinite loss a zero of its gradient may be an infinite distance over an infinite distance; and what one
  // factor drove to nothing another would have raised again.
  const isMixed = reach.up > harmless && reach.all - reach.up > stepBits;
  const isInfinite = loss === Number.POSITIVE_INFINITY;
  const vanishes = once(() => isInfinite || isMixed || (reach.all > 0 && mayVanish(resident, i, reach.up, harmless)));
  return (value) => {
    if (!Number.isFinite(value)) return overflows();
    return value === 0 ? vanishes() : Math.abs(value) < leastOf(reach.up, harmless);
  };
}

/** An answer that is found when it is first asked for. */
function once(find: () => boolean): () => boolean {
  let found: boolean | undefined;
  return () => {
    found ??= find();
    return found;
  };
}
