// The one class that a row's label means, for losses whose labels are class indices or one-hot rows.
import { DISTRIBUTIONS, LABELS } from "../batch";

/** y: the class index, or the place of the 1 in a one-hot row. */
// @ts-ignore: decorator
@inline
export function labelOf(batch: usize, row: usize, classes: usize): usize {
  const labels: usize = load<u32>(batch + LABELS);
  if (load<u32>(batch + DISTRIBUTIONS) == 0) return <usize>load<f64>(labels + (row << 3));
  const hot = labels + ((row * classes) << 3);
  let y: usize = 0;
  while (y + 1 < classes && load<f64>(hot + (y << 3)) == 0.0) y++;
  return y;
}
