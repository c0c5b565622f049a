import type { Batch, Tensor } from "../../engine/batch.ts";
import { tensorsWithClassesLast, withAxisLast } from "../../engine/class_axis.ts";
import { compute } from "../../engine/compute.ts";
import type { Engine } from "../../engine/engine.ts";
import { classAxisOf } from "../../engine/shapes.ts";
import { readNonfinite } from "../../json/nonfinite.ts";
import { readBatch } from "../../library/compute.ts";
import type { Loss } from "../../losses/loss.ts";
import { Problem } from "../../problems.ts";
import { type Arithmetic, arithmeticOf } from "./arithmetic.ts";
import { completeLinear, readLinear } from "./linear.ts";
import type { Row, Sample } from "./sample.ts";

/**
 * A case with its right answer. `fields` are those of a request body. Throws a Problem (invalid_request) for a case that
 * the loss does not take.
 */
export function readCase(engine: Engine, loss: Loss, id: string, fields: Readonly<Record<string, unknown>>): Sample {
  const linear = readLinear(fields);
  if (!linear) return readBatchCase(engine, loss, id, fields);
  const { inputs: _inputs, weights: _weights, bias: _bias, l2: _l2, ...others } = fields;
  const logits = loss.kind === "rowwise" ? linear.logits : linear.logits.flat();
  return completeLinear(readBatchCase(engine, loss, id, { ...others, logits }), linear.model);
}

function readBatchCase(engine: Engine, loss: Loss, id: string, fields: Readonly<Record<string, unknown>>): Sample {
  const entries = Object.entries(fields).map(([name, value]) => [name, readNonfinite(value)]);
  const asked = { ...Object.fromEntries(entries), outputs: ["losses", "gradients"] };
  const given = readBatch(loss, new Map(Object.entries(asked)));
  engine.reset();
  const result = compute(engine, given);
  if (given.tensors.probabilities) {
    const detail = "are not graded: the mistakes of the catalogue are those of logits";
    throw Problem.of([{ pointer: "/probabilities", detail }]);
  }
  if (result.losses!.data.length === 0) {
    throw Problem.of([{ pointer: "/logits", detail: "hold no example: there is nothing to be right or wrong" }]);
  }
  const { shape } = given.tensors.logits!;
  const classAxis = classAxisOf(given) ?? shape.length - 1;
  const batch = { ...given, tensors: tensorsWithClassesLast(given.tensors, shape, classAxis) };
  const classes = loss.kind === "rowwise" ? shape[classAxis]! : 1;
  const gradients = withAxisLast(Float64Array.from(result.gradients!.data), shape, classAxis);
  const losses = Float64Array.from(result.losses!.data);
  const arithmetic = arithmeticOf(engine);
  const rows = Array.from(losses, (_, i) => rowOf(batch, arithmetic, classes, i));
  const { sample_weights } = batch.tensors;
  return {
    id,
    loss,
    options: batch.options,
    shape,
    classAxis,
    examples: losses.length,
    classes,
    rows,
    indexed: loss.kind === "rowwise" && batch.tensors.labels?.data.length === losses.length,
    weights: Float64Array.from(rows, ({ kept }, i) => (kept ? (sample_weights?.data[i] ?? 1) : 0)),
    denominator: result.denominator ?? 1,
    weightSum: result.weight_sum,
    validCount: result.valid_count,
    right: { ...(result.loss !== undefined && { loss: result.loss }), losses, gradients },
  };
}

function rowOf(batch: Batch, arithmetic: Arithmetic, classes: number, i: number): Row {
  const { tensors, loss, options } = batch;
  const from = i * classes;
  const z = Float64Array.from(tensors.logits!.data.subarray(from, from + classes));
  hideMasked(batch, z, from);
  const labels = tensors.labels?.data;
  const masked = tensors.mask?.data[i] === 0;
  if (loss.kind === "elementwise") {
    const y = labels![i]!;
    const signed = options["label_encoding"] === "binary" ? 2 * y - 1 : y;
    return {
      z,
      y: signed,
      t: Float64Array.of(signed),
      label: Float64Array.of(y),
      weights: undefined,
      classWeight: 1,
      kept: !masked,
    };
  }
  const indexed = labels !== undefined && labels.length * classes === tensors.logits?.data.length;
  const ignored = indexed && labels[i] === options["ignore_index"];
  const label = labelOf(batch, arithmetic, classes, i, indexed);
  const weights = tensors.class_weights && Float64Array.from(tensors.class_weights.data);
  const classWeight = weights ? label.reduce((sum, mass, c) => sum + mass * weights[c]!, 0) : 1;
  const y = indexed ? labels[i]! : label.indexOf(label.reduce((most, mass) => Math.max(most, mass), 0));
  return { z, y, t: targetOf(batch, z, label), label, weights, classWeight, kept: !masked && !ignored };
}

/** The label as masses of the classes, before weights and smoothing: one-hot for a class index. */
function labelOf(batch: Batch, arithmetic: Arithmetic, classes: number, i: number, indexed: boolean): Float64Array {
  const { tensors, options } = batch;
  const label = new Float64Array(classes);
  if (indexed) {
    const y = tensors.labels!.data[i]!;
    if (y >= 0 && y < classes) label[y] = 1;
    return label;
  }
  const row = ({ data }: Tensor) => Float64Array.from(data.subarray(i * classes, (i + 1) * classes));
  if (tensors.label_logits) {
    const temperature = typeof options["temperature"] === "number" ? options["temperature"] : 1;
    const logits = row(tensors.label_logits);
    hideMasked(batch, logits, i * classes);
    return arithmetic.softmax(logits.map((logit) => logit / temperature));
  }
  const given = tensors.labels && row(tensors.labels);
  if (!given) return label;
  const sum = options["normalize_labels"] === true ? given.reduce((total, mass) => total + mass, 0) : 1;
  return Float64Array.from(given, (mass) => mass / sum);
}

/** w_c·((1−ε)·y_c + ε/C′): the smoothing's mass goes to the classes that exist. */
function targetOf({ tensors, options }: Batch, z: Float64Array, label: Float64Array): Float64Array {
  const smoothing = typeof options["label_smoothing"] === "number" ? options["label_smoothing"] : 0;
  const weights = tensors.class_weights?.data;
  const existing = z.filter((logit) => logit > Number.NEGATIVE_INFINITY).length;
  return label.map((mass, c) => {
    const share = z[c]! > Number.NEGATIVE_INFINITY ? smoothing / existing : 0;
    return (weights?.[c] ?? 1) * ((1 - smoothing) * mass + share);
  });
}

/** A class that the mask leaves out has the logit −Infinity. */
function hideMasked({ tensors }: Batch, row: Float64Array, from: number): void {
  const mask = tensors.class_mask?.data;
  if (!mask) return;
  const at = mask.length === row.length ? 0 : from;
  for (let c = 0; c < row.length; c++) if (mask[at + c] === 0) row[c] = Number.NEGATIVE_INFINITY;
}
