import type { Loss } from "../losses/loss.ts";
import type { TensorName } from "../losses/schemas/tensor_names.ts";
import type { Fault } from "../problems.ts";
import type { Batch, Tensor } from "./batch.ts";

/** How a batch lies: what its tensors' shapes say together. */
export interface Layout {
  readonly given: "logits" | "probabilities";
  readonly input: Tensor;
  /** The shape of the input as the caller has it. */
  readonly shape: readonly number[];
  /** Where that has its classes, if not on the last axis: there withClassesLast() moves them. */
  readonly movedAxis: number | undefined;
  readonly labelled: "labels" | "label_logits";
  readonly labels: Tensor;
  readonly rowwise: boolean;
  /** The shape of the losses. */
  readonly examplesShape: readonly number[];
  readonly examples: number;
  /** 1 for elementwise losses. */
  readonly classes: number;
  /** Whether the labels are distributions over the classes, or logits of such. */
  readonly distributions: boolean;
}

/**
 * Which axis of a rowwise loss's input holds the classes, from 0 on; undefined for an elementwise loss. It may lie outside
 * the shape, which layOut() refuses.
 */
export function classAxisOf({
  loss,
  options,
  tensors,
}: Pick<Batch, "loss" | "options" | "tensors">): number | undefined {
  if (loss.kind !== "rowwise") return undefined;
  const { class_axis: axis = -1 } = options;
  const rank = (tensors.logits ?? tensors.probabilities)?.shape.length ?? 0;
  return axis < 0 ? axis + rank : axis;
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, dimension) => product * dimension, 1);
}

export function show(shape: readonly number[]): string {
  return shape.length === 0 ? "a single number" : `shape [${shape.join(", ")}]`;
}

export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((dimension, i) => dimension === b[i]);
}

/** The JSON Pointer of the number at place `flat` of a tensor. */
export function pointerTo(name: string, shape: readonly number[], flat: number): string {
  return ["", name, ...placeOf(shape, flat)].join("/");
}

/** The indices of the number at place `flat`. */
export function placeOf(shape: readonly number[], flat: number): number[] {
  let rest = flat;
  return shape
    .toReversed()
    .map((dimension) => {
      const index = rest % dimension;
      rest = (rest - index) / dimension;
      return index;
    })
    .toReversed();
}

/** Finds the layout, or says what does not fit together. */
export function layOut(batch: Batch): Layout | Fault[] {
  const { loss, tensors } = batch;
  const faults = findMissing(batch);
  const given = tensors.probabilities ? "probabilities" : "logits";
  const input = tensors[given];
  const labelled = tensors.label_logits ? "label_logits" : "labels";
  const labels = tensors[labelled];
  if (faults.length > 0 || !input || !labels) return faults;
  const { shape } = input;
  const rowwise = loss.kind === "rowwise";
  if (rowwise && shape.length === 0) {
    return [
      { pointer: `/${given}`, detail: "is a single number, but must have a class axis: [C], [N, C], [B, T, C] …" },
    ];
  }
  const axis = classAxisOf(batch);
  if (axis !== undefined && shape[axis] === undefined) return [missingAxis(batch, given, shape)];
  // [] holds no example, whatever the loss: not one row without classes.
  const empty = rowwise && sameShape(shape, [0]);
  const examplesShape = axis === undefined || empty ? shape : shape.toSpliced(axis, 1);
  const forms: Form[] = rowwise && !empty ? rowForms(loss, labelled, shape, examplesShape) : [{ shape: examplesShape }];
  if (!forms.some((form) => sameShape(form.shape, labels.shape))) {
    const wanted = forms.map((form) => (form.means ? `${show(form.shape)} (${form.means})` : show(form.shape)));
    const classes = axis === undefined || axis === shape.length - 1 ? "" : ` with the classes on axis ${axis}`;
    faults.push({
      pointer: `/${labelled}`,
      detail: `has ${show(labels.shape)}, but ${given} of ${show(shape)}${classes} take ${wanted.join(" or ")}${axisHint(shape, labels.shape, axis) || lengthOneHint(forms, labels.shape)}`,
    });
  }
  const layout: Layout = {
    given,
    input,
    shape,
    movedAxis: axis === shape.length - 1 ? undefined : axis,
    labelled,
    labels,
    rowwise,
    examplesShape,
    examples: sizeOf(examplesShape),
    classes: axis === undefined ? 1 : empty ? 0 : shape[axis]!,
    distributions: rowwise && !empty && labels.shape.length === shape.length,
  };
  faults.push(...findMisfits(batch, layout));
  return faults.length > 0 ? faults : layout;
}

/** Labels that fit but for the class axis. */
function axisHint(shape: readonly number[], labelsShape: readonly number[], axis: number | undefined): string {
  if (axis === undefined) return "";
  const fitting = shape.findIndex((_, other) => sameShape(shape.toSpliced(other, 1), labelsShape));
  return fitting < 0 ? "" : `; they fit with "class_axis": ${fitting}, if the classes lie there`;
}

/** Labels that fit but for axes of length 1, such as [N, 1]. */
function lengthOneHint(forms: readonly Form[], labelsShape: readonly number[]): string {
  const longer = (shape: readonly number[]) => shape.filter((length) => length !== 1);
  const fitting = forms.find((form) => sameShape(longer(form.shape), longer(labelsShape)));
  return fitting ? `; the same numbers fit in ${show(fitting.shape)}: only axes of length 1 differ` : "";
}

function missingAxis({ options }: Batch, given: string, { length: rank }: readonly number[]): Fault {
  const detail = `is ${options.class_axis}, but ${given} have the axes 0…${rank - 1}, or −${rank}…−1 from the last`;
  return { pointer: "/class_axis", detail };
}

/** A shape that labels may have, and what labels of this shape are. */
interface Form {
  readonly shape: readonly number[];
  readonly means?: string;
}

function rowForms(
  loss: Loss,
  labelled: Layout["labelled"],
  shape: readonly number[],
  examplesShape: readonly number[],
): Form[] {
  if (labelled === "label_logits") return [{ shape }];
  const indices = { shape: examplesShape, means: "class indices" };
  if (loss.labels === "distribution") return [{ shape, means: "distributions" }];
  return [indices, { shape, means: loss.labels === "class" ? "one-hot rows" : "distributions" }];
}

function findMissing({ loss, tensors }: Batch): Fault[] {
  const faults: Fault[] = [];
  const takes = loss.supports.probabilities ? "logits (or probabilities)" : "logits";
  if (!tensors.logits && !tensors.probabilities)
    faults.push({ pointer: "/logits", detail: `is missing: ${takes} are required` });
  if (tensors.logits && tensors.probabilities) {
    faults.push({ pointer: "/probabilities", detail: "and logits are both given: only one of them can be the input" });
  }
  if (!tensors.labels && !tensors.label_logits) {
    const either = loss.labels === "distribution" ? "labels (or label_logits)" : "labels";
    faults.push({ pointer: "/labels", detail: `is missing: ${either} are required` });
  }
  if (tensors.labels && tensors.label_logits) {
    faults.push({ pointer: "/label_logits", detail: "and labels are both given: only one of them can be the target" });
  }
  return faults;
}

function findMisfits({ tensors }: Batch, layout: Layout): Fault[] {
  const faults: Fault[] = [];
  const expect = (name: TensorName, ...shapes: (readonly number[])[]) => {
    const tensor = tensors[name];
    if (!tensor || shapes.some((shape) => sameShape(shape, tensor.shape))) return;
    faults.push({
      pointer: `/${name}`,
      detail: `has ${show(tensor.shape)}, but must have ${shapes.map(show).join(" or ")}${repeatHint(tensor.shape, shapes)}`,
    });
  };
  expect("sample_weights", layout.examplesShape);
  expect("mask", layout.examplesShape);
  // Without rows there is no number of classes to match.
  if (layout.classes > 0) {
    expect("class_weights", [layout.classes]);
    expect("class_mask", [layout.classes], layout.shape);
  }
  if (tensors.class_mask && layout.given === "probabilities") {
    faults.push({
      pointer: "/class_mask",
      detail: "goes with logits only: give a class that does not exist the probability 0",
    });
  }
  return faults;
}

/** One number a row, where each of the row's numbers has to have its own: nothing is broadcast. */
function repeatHint(shape: readonly number[], wanted: readonly (readonly number[])[]): string {
  const isLeading = wanted.some((whole) => shape.length > 0 && sameShape(whole.slice(0, shape.length), shape));
  return isLeading ? ": repeat each number along the axes behind" : "";
}
