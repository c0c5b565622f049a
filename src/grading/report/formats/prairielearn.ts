import { type Static, Type } from "typebox";
import { Value } from "typebox/value";
import type { Report } from "../report.ts";
import { exactSum, failureText, testsOf } from "../tests.ts";
import { indentedJson, plain } from "../text.ts";
import type { ReportFormat } from "./format.ts";

/** The fields of results.json that this writes, as PrairieLearn documents them for external graders. */
const schema = Type.Object(
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
export const prairielearn: ReportFormat = {
  summary: "write results.json of PrairieLearn",
  ofMany: false,
  print: ([report]) => indentedJson(resultOf(report!)),
  isValid: (text) => Value.Check(schema, JSON.parse(text)),
  provisional: (sentence) => indentedJson(ungraded(sentence)),
};

const ungraded = (sentence: string): Static<typeof schema> => ({
  gradable: false,
  score: 0,
  message: sentence,
  format_errors: [sentence],
  tests: [],
});

function resultOf(report: Report): Static<typeof schema> {
  const { student, verdict } = report;
  const message = [student.message, ...(student.mistakes ?? []).map(({ sentence }) => sentence)].join(" ");
  // The student's sentence: the diagnosis would tell the shapes of hidden cases.
  if (verdict === "format_error") return ungraded(plain(message, 5000));
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
