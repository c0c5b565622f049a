// Narrow rows with a class index, without smoothing, a class mask or a temperature: two at a time.
import {
  CLASSES,
  CLASS_WEIGHTS,
  FLOAT32,
  GRADIENTS,
  LABELS,
  LOGITS,
  PROBABILITIES,
  SCRATCH,
} from "../../kernels/batch";
import { areOrdinary, greatestOfTwo, loadLanes, storeColumns, storeLanes } from "../../kernels/loops/columns";
import { storeParts } from "../../kernels/rows/decomposition";
import { log1pLarge2x } from "../../kernels/numerics/log";
import { take } from "../../kernels/loops/narrow";
import { twoSumErrors } from "../../kernels/numerics/numerics";
import { pairOf } from "../../kernels/loops/pairwise";
import { classWeight } from "../../kernels/rows/target";

export class TwoOfClass {
  // @ts-ignore: decorator
  @inline
  rows(batch: usize, a: usize, b: usize, scales: v128): bool {
    return load<u32>(batch + FLOAT32) != 0
      ? twoOfClass<f32>(batch, a, b, scales)
      : twoOfClass<f64>(batch, a, b, scales);
  }
}

const ONE: usize = memory.data<f64>([1.0, Infinity], 16);

/** A class index, which is a whole number at least 0: adding 2⁵² leaves it in the low bits. */
// @ts-ignore: decorator
@inline
function classOf(batch: usize, row: usize): usize {
  return <usize>reinterpret<u64>(load<f64>(<usize>load<u32>(batch + LABELS) + (row << 3)) + 4503599627370496.0);
}

/** ofClass() of two narrow rows of T, a lane each. */
function twoOfClass<T>(batch: usize, a: usize, b: usize, scales: v128): bool {
  const classes: usize = load<u32>(batch + CLASSES),
    width = classes * sizeof<T>(),
    scratch: usize = load<u32>(batch + SCRATCH);
  const logits: usize = load<u32>(batch + LOGITS),
    left = logits + a * width,
    right = logits + b * width;
  const m = greatestOfTwo<T>(left, right, classes);
  if (!areOrdinary(m)) return false;
  const rests = storeColumns<T>(left, right, classes, m, scratch),
    one = v128.load64_splat(ONE),
    totals = f64x2.add(one, rests);
  const factors = f64x2.div(scales, totals);
  if (v128.any_true(f64x2.eq(factors, v128.load64_splat(ONE, 8)))) return false;
  const step = (b - a) * width,
    probabilities: usize = load<u32>(batch + PROBABILITIES);
  for (let j: usize = 0, at = probabilities + a * width; probabilities != 0 && j < classes; j++, at += sizeof<T>()) {
    storeLanes<T>(at, at + step, f64x2.div(v128.load(scratch + (j << 4)), totals));
  }
  const y0 = classOf(batch, a),
    y1 = classOf(batch, b);
  const z = loadLanes<T>(left + y0 * sizeof<T>(), right + y1 * sizeof<T>()),
    down = f64x2.neg(m),
    d = f64x2.add(z, down);
  let losses = f64x2.add(f64x2.sub(f64x2.neg(d), twoSumErrors(z, down, d)), log1pLarge2x(rests));
  const e = loadLanes<f64>(scratch + (y0 << 4), scratch + (y1 << 4) + 8);
  let others = v128.bitselect(rests, f64x2.sub(totals, e), f64x2.eq(e, one));
  if (load<u32>(batch + CLASS_WEIGHTS) != 0) {
    const weights = pairOf(classWeight(batch, y0), classWeight(batch, y1));
    losses = f64x2.mul(weights, losses);
    others = f64x2.mul(weights, others);
    for (let j: usize = 0; j < classes; j++)
      v128.store(scratch + (j << 4), f64x2.mul(v128.load(scratch + (j << 4)), weights));
  }
  take(losses);
  const to = <usize>load<u32>(batch + GRADIENTS) + a * width;
  for (let j: usize = 0, at = to; j < classes; j++, at += sizeof<T>())
    storeLanes<T>(at, at + step, f64x2.mul(v128.load(scratch + (j << 4)), factors));
  const own = f64x2.mul(others, factors);
  storeOwn<T>(to + y0 * sizeof<T>(), f64x2.extract_lane(own, 0));
  storeOwn<T>(to + step + y1 * sizeof<T>(), f64x2.extract_lane(own, 1));
  storeParts(batch, a, f64x2.extract_lane(losses, 0), 0.0, f64x2.extract_lane(losses, 0));
  storeParts(batch, b, f64x2.extract_lane(losses, 1), 0.0, f64x2.extract_lane(losses, 1));
  return true;
}

/** −v, 0 where that is −0. */
// @ts-ignore: decorator
@inline
function storeOwn<T>(at: usize, v: f64): void {
  if (sizeof<T>() == 4) store<f32>(at, -(<f32>v) + <f32>0.0);
  else store<f64>(at, -v + 0.0);
}
