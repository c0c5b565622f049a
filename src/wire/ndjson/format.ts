import { engine } from "../../engine/instance.ts";
import { newline } from "../../json/scan.ts";
import { bytesPerNumber, type Format } from "../format.ts";
import { lossOf } from "../steps.ts";
import { answerLines, type LinesAnswer, type LinesJob } from "./lines.ts";

export const linesFormat: Format<LinesJob, LinesAnswer> = {
  answer: (job) => answerLines(lossOf(job), job, engine()),
  inPlace: {
    bytesPerNumber,
    // Each line has the cost of a request, which its bytes say nothing of: a bundle of short ones takes milliseconds.
    suits({ body }) {
      const end = body.indexOf(newline);
      return end < 0 || end === body.length - 1;
    },
    hasFailed: ({ lines }) => lines.failed > 0,
  },
};
