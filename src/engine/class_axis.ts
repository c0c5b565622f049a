// Logits may have their classes on any axis. The kernels have them on the last: what lies otherwise is moved there and
// back, number by number, so the answers are those of moving, computing and moving back by oneself.
import type { Batch, Numbers, Tensor, Tensors } from "./batch.ts";
import type { Engine } from "./engine.ts";
import { ResidentTensor } from "./resident.ts";
import type { Layout } from "./shapes.ts";

/** Numbers of that shape in the order in which the axis is the last: themselves, where it is. */
export function withAxisLast<Data extends Numbers>(data: Data, shape: readonly number[], axis: number): Data {
  if (axis === shape.length - 1) return data;
  const last = data.slice() as Data;
  reorder(data, last, shape, axis, true);
  return last;
}

/** Where a number is whose place has the axis last. */
export function placeBack(place: readonly number[], axis: number): number[] {
  return place.slice(0, -1).toSpliced(axis, 0, place.at(-1)!);
}

/** Copies numbers of that shape to or from the order in which the axis is the last. */
function reorder(from: Numbers, to: Numbers, shape: readonly number[], axis: number, isLast: boolean): void {
  const length = shape[axis]!;
  const inner = shape.slice(axis + 1).reduce((product, size) => product * size, 1);
  let at = 0;
  for (let block = 0; at < from.length; block += length * inner) {
    for (let c = 0; c < length; c++) {
      for (let i = 0; i < inner; i++, at++) {
        const moved = block + i * length + c;
        if (isLast) to[moved] = from[at]!;
        else to[at] = from[moved]!;
      }
    }
  }
}

/** The same batch with its classes on the last axis: itself, where they lie there. */
export function withClassesLast(engine: Engine, batch: Batch, layout: Layout): { batch: Batch; layout: Layout } {
  const { movedAxis, shape, given, labelled } = layout;
  if (movedAxis === undefined) return { batch, layout };
  const tensors = tensorsWithClassesLast(batch.tensors, shape, movedAxis);
  const resident = (tensor: Tensor) => engine.storeInput(tensor);
  return {
    batch: { ...batch, tensors },
    layout: { ...layout, input: resident(tensors[given]!), labels: resident(tensors[labelled]!) },
  };
}

/** Tensors whose class axis is the last, from those of an input of that shape. */
export function tensorsWithClassesLast(tensors: Tensors, shape: readonly number[], axis: number): Tensors {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, tensor]) => {
      if (name === "class_weights" || tensor.shape.length !== shape.length) return [name, tensor];
      const last = [...tensor.shape.toSpliced(axis, 1), tensor.shape[axis]!];
      return [name, { shape: last, data: withAxisLast(tensor.data, tensor.shape, axis) }];
    }),
  );
}

/** A tensor as the caller has it, from one that has the input's shape with its classes last. */
export function withClassesBack(engine: Engine, tensor: ResidentTensor, { movedAxis, shape }: Layout): ResidentTensor {
  if (movedAxis === undefined) return tensor;
  const result = new ResidentTensor(engine, engine.claim(tensor.data.byteLength), shape, tensor.float32);
  reorder(tensor.data, result.data, shape, movedAxis, false);
  return result;
}
