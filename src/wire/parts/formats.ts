import { compute } from "../../engine/compute.ts";
import { engine } from "../../engine/instance.ts";
import { Abandoned } from "../../engine/peers.ts";
import { Problem } from "../../problems.ts";
import type { Format } from "../format.ts";
import { answerInSteps } from "../steps.ts";
import type { JsonPartJob } from "../v1/format.ts";
import { writePart } from "../v1/reply.ts";
import type { V2PartJob } from "../v2/format.ts";
import { writeV2Reply } from "../v2/reply.ts";
import { readPart, readV2Part } from "./read.ts";
import { abandonParts, type Part, type PartAnswer } from "./split.ts";

/** Some rows of a v1 request, computed beside the others. */
export const jsonPartFormat: Format<JsonPartJob, PartAnswer> = {
  answer: (job) =>
    abandoning(job.part, () =>
      answerInSteps(job, (loss) => {
        const { batch, form, peers, rows } = readPart(engine(), loss, job);
        return {
          batch,
          run: () => compute(engine(), batch, peers),
          print(result) {
            const { text, splitPoints } = writePart(engine(), result, form, rows, job);
            return { reply: [text], splitPoints };
          },
        };
      }),
    ),
};

/** Some rows of a v2 request, computed beside the others. */
export const v2PartFormat: Format<V2PartJob, PartAnswer> = {
  answer: (job) =>
    abandoning(job.part, () =>
      answerInSteps(job, (loss) => {
        const { request, peers } = readV2Part(engine(), loss, job);
        return {
          batch: request.batch,
          run: () => compute(engine(), request.batch, peers),
          print(result) {
            const { bytes, jsonLength, marks } = writeV2Reply(engine(), request, result, job);
            const splitPoints = { marks, separator: "" };
            return { reply: [bytes], ...(jsonLength !== undefined && { jsonLength }), splitPoints };
          },
        };
      }),
    ),
};

/** A part that fails lets the others know. Throws a Problem: the request is then answered as a whole. */
function abandoning(part: Part, answer: () => PartAnswer): PartAnswer {
  try {
    return answer();
  } catch (error) {
    abandonParts(part);
    throw error instanceof Abandoned ? new Problem("internal", error.message) : error;
  }
}
