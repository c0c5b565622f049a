import { type Static, Type } from "typebox";
import { Value } from "typebox/value";
import type { Report } from "../report.ts";
import { failureText, testsOf } from "../tests.ts";
import { indentedJson, plain } from "../text.ts";
import type { ReportFormat } from "./format.ts";

const visibility = Type.Enum(["hidden", "after_due_date", "after_published", "visible"]);
const textFormat = Type.Literal("text");

/** The fields of results.json that this writes, as Gradescope documents them for autograders. */
const schema = Type.Object(
  {
    score: Type.Number({ minimum: 0 }),
    output: Type.String(),
    output_format: textFormat,
    test_output_format: textFormat,
    visibility,
    stdout_visibility: visibility,
    extra_data: Type.Object({}, { additionalProperties: true }),
    tests: Type.Array(
      Type.Object(
        {
          name: Type.String({ minLength: 1 }),
          score: Type.Number({ minimum: 0 }),
          max_score: Type.Number({ minimum: 0 }),
          status: Type.Enum(["passed", "failed"]),
          output: Type.String(),
          visibility,
        },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
);

/** results.json of Gradescope: what students see is the student's tree, what the site keeps is the diagnosis. */
export const gradescope: ReportFormat = {
  summary: "write results.json of Gradescope",
  ofMany: false,
  print: ([report]) => indentedJson(resultOf(report!)),
  isValid: (text) => Value.Check(schema, JSON.parse(text)),
  provisional: (sentence) => indentedJson({ score: 0, output: sentence, output_format: "text" }),
};

function resultOf(report: Report): Static<typeof schema> {
  const { student } = report;
  return {
    score: report.score,
    output: plain([student.message, ...(student.mistakes ?? []).map(({ sentence }) => sentence)].join(" "), 5000),
    output_format: "text",
    test_output_format: "text",
    visibility: "visible",
    stdout_visibility: "hidden",
    extra_data: {
      lossd: {
        verdict: report.verdict,
        diagnosis: report.diagnosis,
        engine: report.engine,
        protection: report.protection,
      },
    },
    tests: testsOf(report).map((test) => ({
      name: test.name,
      score: test.points,
      max_score: test.maxPoints,
      status: test.passed ? "passed" : "failed",
      output: failureText(test, student),
      visibility: "visible",
    })),
  };
}
