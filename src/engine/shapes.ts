import type { Fault } from "../problems.ts";
import type { Batch, Tensor, TensorName } from "./batch.ts";

/** How a batch lies: what its tensors' shapes say together. */
export interface Layout {
  readonly given: "logits" | "probabilities";
  readonly input: Tensor;
  readonly labels: Tensor;
  readonly rowwise: boolean;
  /** The shape of the losses. */
  readonly examplesShape: readonly number[];
  readonly examples: number;
  /** 1 for elementwise losses. */
  readonly classes: number;
  /** Whether the labels are distributions over the classes. */
  readonly distributions: boolean;
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
  let rest = flat;
  const path = shape
    .toReversed()
    .map((dimension) => {
      const index = rest % dimension;
      rest = (rest - index) / dimension;
      return index;
    })
    .toReversed();
  return ["", name, ...path].join("/");
}

/** Finds the layout, or says what does not fit together. */
export function layOut(batch: Batch): Layout | Fault[] {
  const { loss, tensors } = batch;
  const faults = findMissing(batch);
  const given = tensors.probabilities ? "probabilities" : "logits";
  const input = tensors[given];
  const { labels } = tensors;
  if (faults.length > 0 || !input || !labels) return faults;
  const rowwise = loss.kind === "rowwise";
  // [] holds no example, whatever the loss: not one row without classes.
  const empty = rowwise && sameShape(input.shape, [0]);
  const examplesShape = rowwise && !empty ? input.shape.slice(0, -1) : input.shape;
  const classes = rowwise ? (empty ? 0 : (input.shape.at(-1) ?? 0)) : 1;
  if (rowwise && input.shape.length === 0) {
    return [{ pointer: `/${given}`, detail: "is a single number, but must have the class axis last: [C], [N, C] …" }];
  }
  const expected = rowwise && !empty ? [examplesShape, input.shape] : [examplesShape];
  if (!expected.some((shape) => sameShape(shape, labels.shape))) {
    const wanted = expected.map(show).join(" (class indices) or ");
    const kind = expected.length > 1 ? `${wanted} (distributions)` : wanted;
    faults.push({
      pointer: "/labels",
      detail: `has ${show(labels.shape)}, but ${given} of ${show(input.shape)} take ${kind}`,
    });
  }
  const layout: Layout = {
    given,
    input,
    labels,
    rowwise,
    examplesShape,
    examples: sizeOf(examplesShape),
    classes,
    distributions: rowwise && !empty && labels.shape.length === input.shape.length,
  };
  faults.push(...findMisfits(batch, layout));
  return faults.length > 0 ? faults : layout;
}

function findMissing({ loss, tensors }: Batch): Fault[] {
  const faults: Fault[] = [];
  const takes = loss.supports.probabilities ? "logits (or probabilities)" : "logits";
  if (!tensors.logits && !tensors.probabilities)
    faults.push({ pointer: "/logits", detail: `is missing: ${takes} are required` });
  if (tensors.logits && tensors.probabilities) {
    faults.push({ pointer: "/probabilities", detail: "and logits are both given: only one of them can be the input" });
  }
  if (!tensors.labels) faults.push({ pointer: "/labels", detail: "is missing: labels are required" });
  return faults;
}

function findMisfits({ tensors }: Batch, layout: Layout): Fault[] {
  const faults: Fault[] = [];
  const expect = (name: TensorName, ...shapes: (readonly number[])[]) => {
    const tensor = tensors[name];
    if (!tensor || shapes.some((shape) => sameShape(shape, tensor.shape))) return;
    faults.push({
      pointer: `/${name}`,
      detail: `has ${show(tensor.shape)}, but must have ${shapes.map(show).join(" or ")}`,
    });
  };
  expect("sample_weights", layout.examplesShape);
  expect("mask", layout.examplesShape);
  // Without rows there is no number of classes to match.
  if (layout.classes > 0) {
    expect("class_weights", [layout.classes]);
    expect("class_mask", [layout.classes], layout.input.shape);
  }
  if (tensors.class_mask && layout.given === "probabilities") {
    faults.push({
      pointer: "/class_mask",
      detail: "goes with logits only: give a class that does not exist the probability 0",
    });
  }
  return faults;
}
