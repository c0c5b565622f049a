// The loop of a rowwise loss over narrow rows: two rows at a time where it can, wherever a request is cut. A loss gives
// the class of rowwise.ts for any row, and one for two with
//   rows(batch: usize, a: usize, b: usize, scales: v128): bool
// that hands the rows' unweighted losses to take() and stores their gradients times scales, or returns false where it
// cannot; a row without a neighbour is its own.
import { DENOMINATOR, KEEP, LOSSES, SAMPLE_WEIGHTS } from "../batch";
import { gradientScale } from "./elementwise";
import { pairOf } from "./pairwise";
import { clearRow, rowwise } from "./rowwise";

let losses: v128 = i64x2.splat(0);

/** Takes the losses of two rows. */
// @ts-ignore: decorator
@inline
export function take(v: v128): void {
  losses = v;
}

/** Fills losses and gradients of the rows from…to−1. */
// @ts-ignore: decorator
@inline
export function narrow<Two, One>(batch: usize, from: usize, to: usize): void {
  const keep: usize = load<u32>(batch + KEEP),
    even = gradientScale(1.0, load<f64>(batch + DENOMINATOR));
  // The row that waits for its neighbour; `to` for none.
  let waiting = to;
  for (let row = from; row < to; row++) {
    if (keep != 0 && load<u8>(keep + row) == 0) {
      store<f64>(<usize>load<u32>(batch + LOSSES) + (row << 3), 0.0);
      clearRow(batch, row);
    } else if (waiting == to) {
      waiting = row;
    } else {
      two<Two, One>(batch, waiting, row, even);
      waiting = to;
    }
  }
  if (waiting != to) two<Two, One>(batch, waiting, waiting, even);
}

/** The scale of a weight of 1 comes along: a division a row would show. */
function two<Two, One>(batch: usize, a: usize, b: usize, even: f64): void {
  const kernel = changetype<Two>(0),
    weights: usize = load<u32>(batch + SAMPLE_WEIGHTS);
  let scales = f64x2.splat(even),
    left = 1.0,
    right = 1.0;
  if (weights != 0) {
    const denominator = load<f64>(batch + DENOMINATOR);
    left = load<f64>(weights + (a << 3));
    right = load<f64>(weights + (b << 3));
    scales = pairOf(gradientScale(left, denominator), gradientScale(right, denominator));
  }
  if (kernel.rows(batch, a, b, scales)) {
    storeLoss(batch, a, f64x2.extract_lane(losses, 0), left);
    storeLoss(batch, b, f64x2.extract_lane(losses, 1), right);
  } else if (a == b) {
    rowwise<One>(batch, a, a + 1);
  } else {
    two<Two, One>(batch, a, a, even);
    two<Two, One>(batch, b, b, even);
  }
}

// @ts-ignore: decorator
@inline
function storeLoss(batch: usize, row: usize, raw: f64, weight: f64): void {
  store<f64>(<usize>load<u32>(batch + LOSSES) + (row << 3), weight == 0.0 ? 0.0 : raw * weight + 0.0);
}
