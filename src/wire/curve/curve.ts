import type { Tensor, Tensors } from "../../engine/batch.ts";
import { compute } from "../../engine/compute.ts";
import type { Engine } from "../../engine/engine.ts";
import { jsonNumber } from "../../json/nonfinite.ts";
import { type Curve, curveFields } from "../../losses/schemas/curve.ts";
import { repointing } from "../../problems.ts";
import { readRequest } from "../v1/request.ts";
import type { CurveOrder } from "./curves.ts";
import { findJumps, findMinimum, type Values } from "./landmarks.ts";

/**
 * Computes a curve as a POST with an example a point: what a POST refuses, a curve does. Resets the engine. Throws a
 * Problem: invalid_request.
 */
export function computeCurve(engine: Engine, { loss, query }: CurveOrder, elementsMax: number): Curve {
  const { moving, label, row, others } = query;
  const logits = [row ? row.logits.with(row.class, moving[0]) : moving[0]];
  const body = { ...others, logits, labels: [label], reduction: "none", outputs: ["losses", "gradients"] };
  return repointing(parameterOf, () => {
    engine.reset();
    const { batch } = readRequest(engine, loss, Buffer.from(JSON.stringify(body)), elementsMax);
    const evaluate = (at: readonly number[]): Values => {
      const result = compute(engine, { ...batch, tensors: spread(batch.tensors, at, row?.class ?? 0) });
      const classes = row?.logits.length ?? 1;
      const gradients = at.map((_, i) => result.gradients!.data[i * classes + (row?.class ?? 0)]!);
      return { losses: Array.from(result.losses!.data), gradients };
    };
    const values = evaluate(moving);
    const own = Object.keys(curveFields(loss)).filter((name) => batch.options[name] !== undefined);
    const minimum = findMinimum(loss, evaluate, moving, values);
    return {
      name: loss.name,
      label: label as Curve["label"],
      ...(row && { logits: row.logits as Curve["logits"] & object, class: row.class }),
      options: Object.fromEntries(own.map((name) => [name, batch.options[name]])),
      logit: [...moving],
      losses: [...values.losses],
      gradients: [...values.gradients],
      jumps: findJumps(evaluate, moving, values),
      ...(minimum && { minimum }),
    } satisfies Curve;
  });
}

/** How many logits a curve has. */
export function elementsOf({ query: { moving, row } }: CurveOrder): number {
  return moving.length * (row?.logits.length ?? 1);
}

/** The one example of the body becomes an example a point, each with its own logit of the class that moves. */
function spread(tensors: Tensors, moving: readonly number[], index: number): Tensors {
  const rank = tensors.logits?.shape.length;
  // What has a lower rank belongs to the classes, and is the same for every example; labels may be indices.
  const wide: Tensors = Object.fromEntries(
    Object.entries(tensors).map(([name, tensor]) => {
      const isOfExamples = name === "labels" || tensor.shape.length === rank;
      return [name, isOfExamples ? repeated(tensor, moving.length) : tensor];
    }),
  );
  const { data } = wide.logits!;
  const stride = data.length / moving.length;
  for (const [point, logit] of moving.entries()) data[point * stride + index] = logit;
  return wide;
}

function repeated({ shape, data }: Tensor, times: number): Tensor {
  const repeatedData = new Float64Array(data.length * times);
  for (let i = 0; i < times; i++) repeatedData.set(data, i * data.length);
  return { shape: [times, ...shape.slice(1)], data: repeatedData };
}

/**
 * The query's parameter in place of the body's field. Every point has the same row and label: which example it is says
 * nothing, and the fault of all of them becomes one.
 */
function parameterOf(pointer: string): string {
  return pointer.replace(/^\/labels(?:\/\d+)?/, "/label").replace(/^\/logits\/\d+/, "/logits");
}

/** Prints a curve, or an object that holds some: UTF-8 JSON, infinities as strings. */
export function writeCurves(curves: Curve | { readonly curves: readonly Curve[] }): Uint8Array {
  return new TextEncoder().encode(
    JSON.stringify(curves, (_, value) => (typeof value === "number" ? jsonNumber(value) : value)),
  );
}
