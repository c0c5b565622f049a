import type { ElementDomain } from "../../losses/loss.ts";
import { type Fault, faultsMax } from "../../problems.ts";
import type { Batch, Tensor } from "../batch.ts";
import { placeBack } from "../class_axis.ts";
import type { Engine } from "../engine.ts";
import { type Layout, placeOf } from "../shapes.ts";
import { classHint, labelHint } from "./label_hints.ts";
import { inputHolds, labelsHold, sumTolerance } from "./quick.ts";

/** Which examples count: the mask, less the rows whose class index is `ignore_index`. Undefined: all. */
export function findKept({ tensors, options }: Batch, layout: Layout): Uint8Array | undefined {
  const ignored = layout.distributions ? undefined : options["ignore_index"];
  if (!tensors.mask && ignored === undefined) return undefined;
  const kept = new Uint8Array(layout.examples);
  let all = true;
  for (let i = 0; i < layout.examples; i++) {
    const keep = tensors.mask?.data[i] !== 0 && layout.labels.data[i] !== ignored;
    kept[i] = keep ? 1 : 0;
    all &&= keep;
  }
  return all ? undefined : kept;
}

/** Everything about the numbers of a batch that is not allowed: at most ten faults, in the order of the fields. */
export function checkNumbers(engine: Engine, batch: Batch, layout: Layout, kept: Uint8Array | undefined): Fault[] {
  const faults = new Faults(layout);
  if (!inputHolds(engine, batch, layout)) checkInput(batch, layout, kept, faults);
  if (!labelsHold(engine, batch, layout)) checkTargets(batch, layout, kept, faults);
  checkWeights("sample_weights", batch.tensors.sample_weights, faults);
  checkWeights("class_weights", batch.tensors.class_weights, faults);
  return faults.found;
}

function checkInput(batch: Batch, layout: Layout, kept: Uint8Array | undefined, faults: Faults): void {
  if (layout.given === "probabilities") checkProbabilities(layout, kept, faults);
  else if (layout.rowwise) checkRows("logits", layout.input, batch, layout, kept, faults);
  else checkElements(batch, layout, kept, faults);
}

function checkTargets(batch: Batch, layout: Layout, kept: Uint8Array | undefined, faults: Faults): void {
  if (layout.labelled === "label_logits") checkRows("label_logits", layout.labels, batch, layout, kept, faults);
  else if (layout.distributions) checkDistributions(batch, layout, kept, faults);
  // Rows without classes have been named already.
  else if (layout.rowwise && layout.classes > 0) checkClasses(batch, layout, kept, faults);
  else if (!layout.rowwise) checkLabels(batch, layout, kept, faults);
}

class Faults {
  readonly found: Fault[] = [];
  readonly #layout: Layout;

  constructor(layout: Layout) {
    this.#layout = layout;
  }

  /** Names a number by its place in a tensor that has its classes, if any, last. */
  add(name: string, { shape }: Pick<Tensor, "shape">, flat: number, detail: string): void {
    const place = placeOf(shape, flat);
    const hasClasses = name !== "class_weights" && shape.length === this.#layout.shape.length;
    this.#push(name, hasClasses ? this.#asGiven(place) : place, detail);
  }

  /** Names a row: by its first class, where rows do not lie together. */
  addRow(name: string, row: number, detail: string): void {
    const { examplesShape, movedAxis } = this.#layout;
    const place = placeOf(examplesShape, row);
    if (movedAxis === undefined) this.#push(name, place, detail);
    else this.#push(name, this.#asGiven([...place, 0]), `begins, along axis ${movedAxis}, what ${detail}`);
  }

  #asGiven(place: number[]): number[] {
    const { movedAxis } = this.#layout;
    return movedAxis === undefined ? place : placeBack(place, movedAxis);
  }

  #push(name: string, place: readonly number[], detail: string): void {
    if (this.found.length < faultsMax) this.found.push({ pointer: ["", name, ...place].join("/"), detail });
  }
}

function checkElements({ loss }: Batch, { input }: Layout, kept: Uint8Array | undefined, faults: Faults): void {
  for (let i = 0; i < input.data.length; i++) {
    const z = input.data[i]!;
    if (Number.isFinite(z) || kept?.[i] === 0) continue;
    if (Number.isNaN(z)) faults.add("logits", input, i, "is NaN");
    else if (!loss.infiniteLogits) faults.add("logits", input, i, `is ${z}, but ${loss.name} takes finite logits only`);
  }
}

/** The logits of a row, the model's or the teacher's. */
function checkRows(
  name: "logits" | "label_logits",
  input: Tensor,
  { tensors }: Batch,
  layout: Layout,
  kept: Uint8Array | undefined,
  faults: Faults,
): void {
  const { classes, examples } = layout;
  const mask = tensors.class_mask;
  const stride = mask && mask.shape.length === input.shape.length && input.shape.length > 1 ? classes : 0;
  for (let row = 0; row < examples; row++) {
    if (kept?.[row] === 0) continue;
    let existing = 0;
    for (let c = 0; c < classes; c++) {
      if (mask && mask.data[row * stride + c] === 0) continue;
      const z = input.data[row * classes + c]!;
      if (z > Number.NEGATIVE_INFINITY) existing++;
      if (Number.isNaN(z)) faults.add(name, input, row * classes + c, "is NaN");
      if (Number.isNaN(z) || z === Number.POSITIVE_INFINITY) existing++;
      if (z === Number.POSITIVE_INFINITY) {
        faults.add(name, input, row * classes + c, "is Infinity: a row takes finite logits and -Infinity");
      }
    }
    if (existing === 0) {
      const why = classes === 0 ? "it is empty" : "every logit is -Infinity or masked";
      faults.addRow(name, row, `is a row without any class: ${why}`);
    }
  }
}

function checkProbabilities(layout: Layout, kept: Uint8Array | undefined, faults: Faults): void {
  const { input, rowwise, classes, examples } = layout;
  for (let row = 0; row < examples; row++) {
    if (kept?.[row] === 0) continue;
    let sum = 0;
    for (let i = row * classes; i < (row + 1) * classes; i++) {
      const p = input.data[i]!;
      sum += p;
      if (!(p >= 0 && p <= 1)) faults.add("probabilities", input, i, `is ${p}, outside [0, 1]`);
    }
    if (rowwise) checkSum("probabilities", row, sum, faults);
  }
}

function checkSum(name: string, row: number, sum: number, faults: Faults): void {
  if (Math.abs(sum - 1) <= sumTolerance) return;
  const hint = name === "labels" && sum === 0 ? ": a row to ignore is false in mask" : "";
  faults.addRow(name, row, `sums to ${sum}, but a distribution sums to 1 (within ${sumTolerance})${hint}`);
}

const domains = {
  real: { holds: Number.isFinite, says: "must be finite" },
  unit: { holds: (y: number) => y >= 0 && y <= 1, says: "must be in [0, 1]" },
  binary: { holds: (y: number) => y === 0 || y === 1, says: "must be 0 or 1" },
  signed: { holds: (y: number) => y === -1 || y === 1, says: "must be -1 or 1" },
  non_negative: { holds: (y: number) => y >= 0 && y < Number.POSITIVE_INFINITY, says: "must be at least 0 and finite" },
} as const;

function checkLabels({ loss, options }: Batch, { labels }: Layout, kept: Uint8Array | undefined, faults: Faults): void {
  const domain = typeof loss.labels === "function" ? loss.labels(options) : loss.labels;
  if (!(domain in domains)) throw new Error(`${loss.name} is elementwise, but its labels are for rows`);
  const { holds, says } = domains[domain as ElementDomain];
  for (let i = 0; i < labels.data.length; i++) {
    const y = labels.data[i]!;
    if (!holds(y) && kept?.[i] !== 0)
      faults.add("labels", labels, i, `label ${y} ${says}${labelHint(loss, domain, y)}`);
  }
}

function checkClasses(
  { loss }: Batch,
  { labels, classes }: Layout,
  kept: Uint8Array | undefined,
  faults: Faults,
): void {
  for (let i = 0; i < labels.data.length; i++) {
    const y = labels.data[i]!;
    if ((Number.isInteger(y) && y >= 0 && y < classes) || kept?.[i] === 0) continue;
    const what = Number.isInteger(y)
      ? `class index ${y} is outside 0…${classes - 1}`
      : `class index ${y} is not a whole number`;
    faults.add("labels", labels, i, what + classHint(loss, y, classes));
  }
}

function checkDistributions(
  { loss, options }: Batch,
  layout: Layout,
  kept: Uint8Array | undefined,
  faults: Faults,
): void {
  const { labels, classes, examples } = layout;
  for (let row = 0; row < examples; row++) {
    if (kept?.[row] === 0) continue;
    let sum = 0,
      hard = true;
    for (let i = row * classes; i < (row + 1) * classes; i++) {
      const y = labels.data[i]!;
      sum += y;
      hard &&= y === 0 || y === 1;
      if (!(y >= 0 && y <= 1)) faults.add("labels", labels, i, `is ${y}, outside [0, 1]`);
    }
    if (loss.labels === "class" && !(hard && sum === 1)) {
      const detail = `is no one-hot row, and ${loss.name} takes class indices or one-hot rows: one 1, else 0`;
      faults.addRow("labels", row, detail);
      continue;
    }
    if (options["normalize_labels"] !== true) checkSum("labels", row, sum, faults);
    else if (!(sum > 0)) faults.addRow("labels", row, "sums to 0: there is nothing to normalize");
  }
}

function checkWeights(name: "sample_weights" | "class_weights", tensor: Tensor | undefined, faults: Faults): void {
  if (!tensor) return;
  let sum = 0;
  for (let i = 0; i < tensor.data.length; i++) {
    const weight = tensor.data[i]!;
    sum += weight;
    if (!(weight >= 0 && weight < Number.POSITIVE_INFINITY)) {
      faults.add(name, tensor, i, `is ${weight}, but a weight must be finite and at least 0`);
    }
  }
  // A label's mass may be a little over 1: the sum of its weighted masses is then still a double.
  if (name === "class_weights" && 2 * sum === Number.POSITIVE_INFINITY && faults.found.length === 0) {
    faults.add(name, { shape: [] }, 0, `sum to ${sum}: a row's target must not pass the largest double`);
  }
}
