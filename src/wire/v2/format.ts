import { compute } from "../../engine/compute.ts";
import { engine } from "../../engine/instance.ts";
import { bytesPerNumber, type Format } from "../format.ts";
import type { Answer, BaseJob } from "../job.ts";
import type { Part } from "../parts/split.ts";
import { answerInSteps } from "../steps.ts";
import { writeV2Reply } from "./reply.ts";
import { readV2Request } from "./request.ts";

interface V2Body extends BaseJob {
  /** Bytes of JSON before the binary tensors; absent where all of the body is JSON. */
  readonly jsonLength?: number;
}

/** A request of the Open Inference Protocol. */
export interface V2Job extends V2Body {
  readonly format: "v2";
}

/** Some rows of one. The body is the whole request's. */
export interface V2PartJob extends V2Body {
  readonly format: "v2_part";
  readonly part: Part;
}

export interface V2Answer extends Answer {
  /** Bytes of JSON before the binary tensors; absent where there are none. */
  readonly jsonLength?: number;
}

export const v2Format: Format<V2Job, V2Answer, V2PartJob> = {
  answer: (job) =>
    answerInSteps(job, (loss) => {
      const request = readV2Request(engine(), loss, job.body, job.jsonLength, job.elementsMax);
      return {
        batch: request.batch,
        run: () => compute(engine(), request.batch),
        print(result) {
          const { bytes, jsonLength } = writeV2Reply(engine(), request, result, job);
          return { reply: [bytes], ...(jsonLength !== undefined && { jsonLength }) };
        },
      };
    }),
  inPlace: { bytesPerNumber },
  // Only binary tensors are cut: their shapes say where rows begin.
  cut: {
    suits: ({ jsonLength }) => jsonLength !== undefined,
    partOf: (job, part) => ({ ...job, format: "v2_part", part }),
  },
};
