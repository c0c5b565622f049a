import type { UnboundedExample } from "../../losses/unbounded/form.ts";
import { Unbounded } from "../../unbounded/number.ts";
import type { Numbers } from "../batch.ts";
import type { ResidentBatch } from "../resident_batch.ts";

/** An example of a batch as its loss without bounds takes it. Undefined for an element at ±Infinity, which has its limits. */
export function exampleOf(resident: ResidentBatch, i: number): UnboundedExample | undefined {
  const { batch, layout } = resident;
  return layout.rowwise ? rowOf(resident, i) : elementOf(layout.input.data[i]!, labelOf(resident, i), batch.options);
}

function elementOf(z: number, y: number, options: UnboundedExample["options"]): UnboundedExample | undefined {
  if (!Number.isFinite(z)) return undefined;
  return { input: [Unbounded.of(z)], y, target: [], teacher: undefined, classWeights: undefined, options };
}

/** 1 or −1 where labels are encoded in another way. */
function labelOf({ batch, layout }: ResidentBatch, i: number): number {
  const y = layout.labels.data[i]!;
  return batch.options["label_encoding"] === "binary" ? 2 * y - 1 : y;
}

/** Whether the mask has a class of a row. */
export function existsIn({ batch, layout }: ResidentBatch, row: number): (c: number) => boolean {
  const mask = batch.tensors.class_mask?.data;
  if (!mask) return () => true;
  const from = mask.length === layout.classes ? 0 : row * layout.classes;
  return (c) => mask[from + c] !== 0;
}

function rowOf(resident: ResidentBatch, row: number): UnboundedExample {
  const { batch, layout } = resident;
  const { classes, labels, labelled, distributions, input } = layout;
  const { class_weights } = batch.tensors;
  const from = row * classes;
  const exists = existsIn(resident, row);
  const logits = (data: Numbers) =>
    Array.from({ length: classes }, (_, c) =>
      exists(c) && Number.isFinite(data[from + c]) ? Unbounded.of(data[from + c]!) : undefined,
    );
  const teacher = labelled === "label_logits" ? logits(labels.data) : undefined;
  const masses = Array.from({ length: teacher ? 0 : classes }, (_, c) =>
    distributions ? labels.data[from + c]! : Number(labels.data[row] === c),
  );
  const sum = batch.options["normalize_labels"] === true ? exactSum(masses) : Unbounded.one;
  return {
    input: logits(input.data),
    y: masses.indexOf(masses.reduce((most, mass) => Math.max(most, mass), 0)),
    target: masses.map((mass) => Unbounded.of(mass).over(sum)),
    teacher,
    classWeights: class_weights && Array.from(class_weights.data, Unbounded.of),
    options: batch.options,
  };
}

function exactSum(masses: readonly number[]): Unbounded {
  return masses.reduce((sum, mass) => sum.plus(Unbounded.of(mass)), Unbounded.zero);
}
