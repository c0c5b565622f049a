// What of an example's input may have driven a kernel out of the doubles: most zeros and infinities are right.
import * as at from "../../kernels/batch.ts";
import type { Loss } from "../../losses/loss.ts";
import type { Numbers } from "../batch.ts";
import type { ResidentBatch } from "../resident_batch.ts";
import { existsIn } from "./example.ts";

/** Of larger numbers a difference or a square may overflow. */
const large = 1e135;
/** The square of a smaller one may vanish. */
const tiny = 1e-75;

/** An exponential of minus so much is far below what a result is made of, where that holds products of exponentials. */
const leastGap = 200;
/** By itself it vanishes not before this; and of so much more it is nothing at all. */
const aloneGap = 700;
const nothingAt = 760;

/** Of such a gap a kernel does not tell whether it is infinite. */
const beyond = 1e300;

/** Whether an example's infinities may be those of steps, and not of its loss. */
export function mayOverflow(resident: ResidentBatch, i: number): boolean {
  const { batch, layout } = resident;
  const { loss, options } = batch;
  if (loss.family === "rate") return true;
  const temperature = numberOf(options["temperature"], 1);
  const isLarge = (z: number) => Number.isFinite(z) && Math.abs(z) / Math.min(temperature, 1) > large;
  const { input, labels, labelled, distributions } = layout;
  const row = rowsOf(resident, i);
  if (row(input.data).some(isLarge)) return true;
  if (Math.abs(numberOf(options["margin"], 0)) > large) return true;
  return labelled === "label_logits" || !layout.rowwise || distributions ? row(labels.data).some(isLarge) : false;
}

/** Whether no example's zero can be a number too small: seen at a glance, of losses without an exponential. */
export function zerosAreRight(resident: ResidentBatch): boolean {
  const { engine, batch, layout, float32 } = resident;
  const { input, labels } = layout;
  if (float32 || !(isMargin(batch.loss) || batch.loss.labels === "real")) return false;
  const areFar = (address: number, count: number) => engine.calls.all_apart(address, count, tiny, 1) !== 0;
  const margin = numberOf(batch.options["margin"], 1);
  if (!areFar(resident.field(at.LOGITS), input.data.length)) return false;
  return isMargin(batch.loss)
    ? margin === 0 || Math.abs(margin) >= tiny
    : areFar(resident.field(at.LABELS), labels.data.length);
}

/** Whether a loss is made of missed margins. */
function isMargin({ family, activation }: Loss): boolean {
  return family === "hinge" || (family === "square" && activation === "identity");
}

/**
 * Whether an example's zeros may be numbers too small, that factors of 2^`up`, more than harmless ones, make doubles of; or, whatever the factors,
 * shares of a gap that has become infinite by them.
 */
export function mayVanish(resident: ResidentBatch, i: number, up: number, harmless: number): boolean {
  const { batch, layout } = resident;
  const { loss, options } = batch;
  const { input, labels, labelled } = layout;
  const isRaised = up > harmless;
  if (layout.given === "probabilities") return isRaised;
  const temperature = numberOf(options["temperature"], 1);
  // A probability, and its power.
  const powers = [1, Math.max(1, numberOf(options["gamma"], 1))];
  // A share of the student is multiplied by logarithms, of any size.
  const most = isRaised ? nothingAt + (up + (loss.family === "divergence" ? 1024 : 0)) * Math.LN2 : 0;
  const least = loss.family === "cross_entropy" ? aloneGap : leastGap;
  const isFar = (gap: number) =>
    powers.some((power) => {
      const d = (gap / temperature) * power;
      return d > least && (d < most || d > beyond);
    });
  const row = rowsOf(resident, i);
  if (loss.labels === "real") return isRaised && isTiny(input.data[i]! - labels.data[i]!);
  // Of numbers that are no smaller a difference is 0, or large enough.
  if (isMargin(loss)) {
    const margin = numberOf(options["margin"], 1);
    const isSmall = Math.abs(margin) < tiny && (margin !== 0 || row(input.data).some(isTiny));
    return isRaised && isSmall && row(input.data).some((z: number) => Math.abs(z) < tiny);
  }
  if (!layout.rowwise) return isFar(Math.abs(input.data[i]!));
  return hasFar(row(input.data), isFar) || (labelled === "label_logits" && hasFar(row(labels.data), isFar));
}

function isTiny(x: number): boolean {
  return x !== 0 && Math.abs(x) < tiny;
}

/** An example's numbers of a tensor; −Infinity for a class that the mask leaves out. */
function rowsOf(resident: ResidentBatch, i: number): (data: Numbers) => Numbers {
  const { classes } = resident.layout;
  const own = (data: Numbers) => data.subarray(i * classes, (i + 1) * classes);
  if (!resident.batch.tensors.class_mask) return own;
  const exists = existsIn(resident, i);
  return (data) => own(data).map((z, c) => (exists(c) ? z : Number.NEGATIVE_INFINITY));
}

function hasFar(logits: Numbers, isFar: (gap: number) => boolean): boolean {
  let top = Number.NEGATIVE_INFINITY;
  for (const z of logits) top = Math.max(top, z);
  return logits.some((z: number) => z > Number.NEGATIVE_INFINITY && isFar(top - z));
}

function numberOf(option: unknown, otherwise: number): number {
  return typeof option === "number" ? option : otherwise;
}
