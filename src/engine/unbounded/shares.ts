// Labels that are shares of classes: a tiny one may vanish by a factor, before a large logit makes up for it.
import { powerOfTwo } from "../../unbounded/number.ts";
import type { Tensor } from "../batch.ts";
import type { ResidentBatch } from "../resident_batch.ts";
import { farBits, type Reach } from "./factors.ts";

/** A smaller share of a label may vanish by the factors that it is multiplied by before a large logit makes up for them. */
function leastShareOf({ loss }: ResidentBatch["batch"], { all }: Reach): number {
  const isSquared = loss.family === "square";
  return all === 0 ? 0 : powerOfTwo(Math.round((all - farBits) / (isSquared ? 2 : 1)));
}

/** What the labels are shares of: classes, of which one may have the whole; undefined where they are none. */
function sharesOf({ batch, layout }: ResidentBatch): Tensor | "whole" | undefined {
  const { labels, labelled, rowwise, distributions } = layout;
  if (labelled === "label_logits") return undefined;
  if (distributions || batch.loss.labels === "unit") return labels;
  return rowwise ? "whole" : undefined;
}

/** Whether no label is a share that is tiny. */
export function hasLargeShares(resident: ResidentBatch, reach: Reach): boolean {
  const shares = sharesOf(resident);
  const least = leastShareOf(resident.batch, reach);
  if (!shares || least === 0) return true;
  if (shares === "whole") return least <= 1;
  const { engine } = resident;
  return engine.calls.all_apart(engine.store(shares), shares.data.length, least, 1) !== 0;
}

export function hasTinyShare(resident: ResidentBatch, i: number, reach: Reach): boolean {
  const shares = sharesOf(resident);
  const least = leastShareOf(resident.batch, reach);
  if (!shares || shares === "whole") return shares === "whole" && least > 1;
  const { classes } = resident.layout;
  return shares.data.subarray(i * classes, (i + 1) * classes).some((share: number) => share !== 0 && share < least);
}
