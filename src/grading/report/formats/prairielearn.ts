import { type Static, Type } from "typebox";
import type { Report } from "../report.ts";
import { exactSum, failureText, testsOf } from "../tests.ts";
import { plain } from "../text.ts";

/** The fields of results.json that this writes, as PrairieLearn documents them for external graders. */
export const prairielearnSchema = Type.Object(
  {
    gradable: Type.Boolean(),
    score: Type.Number({ minimum: 0, maximum: 1 }),
    message: Type.String(),
    format_errors: Type.Optional(Type.Array(Type.String())),
    tests: Type.Array(
      Type.Object(
        {
          name: Type.String({ minLength: 1 }),
          points: Type.Number({ minimum: 0 }),
          max_points: Type.Number({ minimum: 0 }),
          message: Type.String(),
        },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
);

/** results.json of PrairieLearn: a share of 1, the same as its tests' points. A bad format costs no attempt. */
export function prairielearn(report: Report): Static<typeof prairielearnSchema> {
  const { student, verdict } = report;
  const message = [student.message, ...(student.mistakes ?? []).map(({ sentence }) => sentence)].join(" ");
  if (verdict === "format_error") {
    // The student's sentence: the diagnosis would tell the shapes of hidden cases.
    const sentence = plain(message, 5000);
    return { gradable: false, score: 0, message: sentence, format_errors: [sentence], tests: [] };
  }
  const tests = testsOf(report);
  const maximum = exactSum(tests.map(({ maxPoints }) => maxPoints));
  const points = exactSum(tests.map((test) => test.points));
  return {
    gradable: true,
    score: maximum === 0 ? 0 : points / maximum,
    message: plain(message, 5000),
    tests: tests.map((test) => ({
      name: test.name,
      points: test.points,
      max_points: test.maxPoints,
      message: failureText(test, student),
    })),
  };
}
