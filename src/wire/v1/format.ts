import { compute } from "../../engine/compute.ts";
import { engine } from "../../engine/instance.ts";
import { bytesPerNumber, type Format } from "../format.ts";
import type { Answer, BaseJob } from "../job.ts";
import type { Part } from "../parts/split.ts";
import { answerInSteps } from "../steps.ts";
import { writeReply } from "./reply.ts";
import { readRequest } from "./request.ts";

/** A v1 request in JSON. */
export interface JsonJob extends BaseJob {
  readonly format: "json";
}

/** Some rows of one. The body is the whole request's. */
export interface JsonPartJob extends BaseJob {
  readonly format: "json_part";
  readonly part: Part;
}

export const jsonFormat: Format<JsonJob, Answer, JsonPartJob> = {
  answer: (job) =>
    answerInSteps(job, (loss) => {
      const { batch, form } = readRequest(engine(), loss, job.body, job.elementsMax);
      return {
        batch,
        run: () => compute(engine(), batch),
        print: (result) => ({ reply: [writeReply(engine(), result, form, job)] }),
      };
    }),
  media: { type: "application/json" },
  inPlace: { bytesPerNumber },
  cut: { partOf: (job, part) => ({ ...job, format: "json_part", part }) },
};
