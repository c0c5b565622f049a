import { engine } from "../../engine/instance.ts";
import { newline } from "../../json/scan.ts";
import { bytesPerNumber, type Format } from "../format.ts";
import { lossOf } from "../steps.ts";
import { answerLines, type LinesAnswer, type LinesJob } from "./lines.ts";

export const linesFormat: Format<LinesJob, LinesAnswer> = {
  answer: (job) => answerLines(lossOf(job), job, engine()),
  inPlace: {
    bytesPerNumber,
    // One line at most: each costs as much as a request, however short it is, so that a bundle may take milliseconds.
    suits({ body }) {
      const end = body.indexOf(newline);
      return end < 0 || end === body.length - 1;
    },
    hasFailed: ({ lines }) => lines.failed > 0,
  },
};
