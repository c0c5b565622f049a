// What the hinges over classes are made of: by how much a rival's logit is inside the margin.
import { twoSumError } from "../numerics/numerics";

/**
 * m + z_j − z_y: above 0 where class j comes closer to the label's class than the margin. Its sign is exact and its
 * error one rounding: what the difference lost is added again, because the margin may cancel all but that.
 */
// @ts-ignore: decorator
@inline
export function shortfall(margin: f64, rival: f64, own: f64): f64 {
  const difference = rival - own,
    sum = margin + difference;
  if (!isFinite(sum)) return sum;
  return sum + (twoSumError(rival, -own, difference) + twoSumError(margin, difference, sum));
}
