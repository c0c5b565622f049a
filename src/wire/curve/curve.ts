import type { BatchResult, Tensor, Tensors } from "../../engine/batch.ts";
import type { Engine } from "../../engine/engine.ts";
import { jsonNumber } from "../../json/nonfinite.ts";
import type { Loss } from "../../losses/loss.ts";
import { type Curve, curveFields } from "../../losses/schemas/curve.ts";
import { Problem, repointing } from "../../problems.ts";
import { type JsonRequest, readRequest } from "../v1/request.ts";
import { type CurveQuery, readCurveQuery } from "./query.ts";

export interface CurveRequest extends JsonRequest {
  readonly query: CurveQuery;
}

/**
 * Turns a curve's query into the batch of a POST with an example a point: what a POST refuses, a curve does. Throws a
 * Problem: invalid_request, or too_many_elements.
 */
export function readCurve(engine: Engine, loss: Loss, text: Uint8Array, elementsMax: number): CurveRequest {
  const query = readCurveQuery(loss, text);
  const { moving, label, row, others } = query;
  const elements = moving.length * (row?.logits.length ?? 1);
  if (elements > elementsMax) {
    throw new Problem("too_many_elements", `the curve has ${elements} logits, more than ELEMENTS_MAX = ${elementsMax}`);
  }
  const logits = [row ? row.logits.with(row.class, moving[0]) : moving[0]];
  const body = { ...others, logits, labels: [label], reduction: "none", outputs: ["losses", "gradients"] };
  const request = repointing(parameterOf, () =>
    readRequest(engine, loss, Buffer.from(JSON.stringify(body)), elementsMax),
  );
  return { ...request, query, batch: { ...request.batch, tensors: spread(request.batch.tensors, query) } };
}

/** The one example of the body becomes an example a point, each with its own moving logit. */
function spread(tensors: Tensors, { moving, row }: CurveQuery): Tensors {
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
  for (const [point, logit] of moving.entries()) data[point * stride + (row?.class ?? 0)] = logit;
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
export function parameterOf(pointer: string): string {
  return pointer.replace(/^\/labels(?:\/\d+)?/, "/label").replace(/^\/logits\/\d+/, "/logits");
}

/** Prints a curve: UTF-8 JSON, infinities as strings. */
export function writeCurve({ batch, query }: CurveRequest, result: BatchResult): Uint8Array {
  const { moving, label, row } = query;
  const classes = row?.logits.length ?? 1;
  const own = Object.keys(curveFields(batch.loss)).filter((name) => batch.options[name] !== undefined);
  const curve = {
    name: batch.loss.name,
    label: label as Curve["label"],
    ...(row && { logits: row.logits as Curve["logits"] & object, class: row.class }),
    options: Object.fromEntries(own.map((name) => [name, batch.options[name]])),
    logit: [...moving],
    losses: Array.from(result.losses?.data ?? []),
    gradients: moving.map((_, i) => result.gradients!.data[i * classes + (row?.class ?? 0)]!),
  } satisfies Curve;
  return new TextEncoder().encode(
    JSON.stringify(curve, (_, value) => (typeof value === "number" ? jsonNumber(value) : value)),
  );
}
