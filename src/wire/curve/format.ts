import { performance } from "node:perf_hooks";
import { engine } from "../../engine/instance.ts";
import { Problem } from "../../problems.ts";
import type { Format } from "../format.ts";
import type { BaseJob } from "../job.ts";
import { lossOf } from "../steps.ts";
import { computeCurve, elementsOf, writeCurves } from "./curve.ts";
import { readCurves } from "./curves.ts";

/** The query of a curve. It is short and its points are many: only workers answer it. */
export interface CurveJob extends BaseJob {
  readonly format: "curve";
}

export const curveFormat: Format<CurveJob> = {
  answer(job) {
    const start = performance.now();
    const losses = job.loss.split(",").map((loss) => lossOf({ ...job, loss }));
    const { orders, areSeveral } = readCurves(losses, job.body);
    const elements = orders.reduce((sum, order) => sum + elementsOf(order), 0);
    if (elements > job.elementsMax) {
      const detail = `the curve has ${elements} logits, more than ELEMENTS_MAX = ${job.elementsMax}`;
      throw new Problem("too_many_elements", detail);
    }
    const parsed = performance.now();
    const curves = orders.map((order) => computeCurve(engine(), order, job.elementsMax));
    const computed = performance.now();
    const reply = [writeCurves(areSeveral ? { curves } : curves[0]!)];
    return {
      ok: true,
      reply,
      rows: curves.reduce((sum, { logit }) => sum + logit.length, 0),
      columns: curves[0]!.logits?.length ?? 1,
      timings: { parse: parsed - start, compute: computed - parsed, print: performance.now() - computed },
    };
  },
};
