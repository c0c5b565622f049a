import { compute } from "../../engine/compute.ts";
import { engine } from "../../engine/instance.ts";
import { repointing } from "../../problems.ts";
import type { Format } from "../format.ts";
import type { BaseJob } from "../job.ts";
import { answerInSteps } from "../steps.ts";
import { parameterOf, readCurve, writeCurve } from "./curve.ts";

/** The query of a curve. It is short and its points are many: only workers answer it. */
export interface CurveJob extends BaseJob {
  readonly format: "curve";
}

export const curveFormat: Format<CurveJob> = {
  answer: (job) =>
    answerInSteps(job, (loss) => {
      const request = readCurve(engine(), loss, job.body, job.elementsMax);
      const { batch } = request;
      return {
        batch,
        run: () => repointing(parameterOf, () => compute(engine(), batch)),
        print: (result) => ({ reply: [writeCurve(request, result)] }),
      };
    }),
};
