import { type TSchema, Type } from "typebox";
import { claimedSchema, claimSchema, submissionSchema, taskSchema } from "./task/task.ts";

/** A number, or the name of one that JSON has no digits for. */
const real = Type.Union([Type.Number(), Type.Enum(["Infinity", "-Infinity", "NaN"])]);
const verdict = Type.Enum(["pass", "partial", "fail", "format_error"]);
const names = Type.Array(Type.String());
const count = Type.Integer({ minimum: 0 });
const fault = Type.Object({ pointer: Type.String(), detail: Type.String() });
const anything = Type.Unsafe<Record<string, unknown>>({ type: "object", additionalProperties: true });

const part = Type.Object({
  output: Type.String(),
  case: Type.String(),
  verdict: Type.Enum(["pass", "fail", "missing", "malformed"]),
  score: Type.Number(),
  max_score: Type.Number(),
  compared: count,
  mismatched: count,
  worst: Type.Optional(Type.Object({ pointer: Type.String(), claimed: real, reference: real, tolerance_used: real })),
  at_kink: Type.Integer({ minimum: 0, description: "Numbers where more than one derivative is right." }),
  profile: Type.String({ description: "How close is right: the tolerance that was used." }),
});

const candidate = Type.Object({
  id: Type.String(),
  also: Type.Optional(Type.Array(Type.String(), { description: "Mistakes that were made together with it." })),
  factor: Type.Optional(Type.String()),
  kind: Type.String(),
  outputs: names,
  student: Type.String(),
  instructor: Type.String(),
  source: Type.String(),
});

const diagnosis = Type.Object({
  status: Type.Enum(["confirmed", "likely", "weak", "ambiguous", "none"]),
  candidates: Type.Array(candidate),
  accepted: Type.Optional(Type.Object({ index: count, credit: Type.Number() })),
  localisation: Type.Optional(Type.Array(anything)),
  format_errors: Type.Optional(Type.Array(fault)),
});

const engine = Type.Object({ version: Type.String(), catalogue: Type.String(), loss: Type.String() });
const untested = Type.Array(Type.String(), { description: "Mistakes that these inputs cannot show." });

const way = { id: Type.String(), variant: Type.Integer({ minimum: 0, description: "Which way to make the mistake." }) };
const separability = Type.Object({
  ambiguous: Type.Array(Type.Array(Type.String(), { minItems: 2, maxItems: 2 }), {
    description: "Pairs of mistakes whose numbers agree on every case.",
  }),
  untested,
  passing: Type.Array(
    Type.Object({
      ...way,
      printing: Type.Unsafe<Record<string, string>>({
        type: "object",
        additionalProperties: { type: "string" },
        description: "How each output has to be printed so that it passes: float64, float32, rounded:d, significant:d.",
      }),
    }),
    { description: "The ways to make untested mistakes whose claims pass." },
  ),
  accepted: Type.Array(Type.Object({ ...way, credit: Type.Number(), accept: count }), {
    description: "Ways that an option of the task's accept calls right, with its credit and its index.",
  }),
  not_applicable: Type.Array(Type.Object(way), {
    description: "Ways that are the right formula for such a task, whatever its cases.",
  }),
});

export const reportSchema = Type.Object({
  submission: Type.Optional(Type.String()),
  verdict,
  score: Type.Number(),
  max_score: Type.Number(),
  parts: Type.Array(part),
  diagnosis,
  untested,
  student: Type.Unsafe<object>({ ...anything, description: "All that the student may see." }),
  instructor: anything,
  engine,
});

const body = (fields: Record<string, TSchema>) => Type.Object(fields, { additionalProperties: false });
const submission = Type.Object(
  { ...submissionSchema.properties, claims: Type.Array(Type.Unsafe<unknown>({ $ref: "Claim#" }), { maxItems: 1000 }) },
  { additionalProperties: false },
);

export { claimedSchema };

/** What a service for students replies to a check. */
export const verdictSchema = Type.Object({
  verdict,
  parts: Type.Array(Type.Object({ output: Type.String(), verdict: part.properties.verdict })),
  format_errors: Type.Optional(Type.Array(fault, { description: "What is wrong with the claim's form." })),
});

/** The bodies of grading and its replies, by their names in the OpenAPI document. */
export const gradingSchemas = {
  Claim: claimSchema,
  Task: taskSchema,
  Submission: submission,
  Report: reportSchema,
  GradeRequest: body({ task: Type.Ref("Task#"), submission: Type.Ref("Submission#") }),
  CasesRequest: body({ task: Type.Ref("Task#") }),
  CasesReply: Type.Object({
    cases: Type.Array(anything),
    separability,
    changes: Type.Array(Type.Object({ change: Type.String(), shows: names }), {
      description: "What to change so that these untested mistakes show.",
    }),
  }),
  CheckReply: Type.Object({ verdict, parts: Type.Array(part), diagnosis, untested, engine }),
  Mistakes: Type.Object({
    mistakes: Type.Array(
      Type.Object({
        id: Type.String(),
        kind: Type.String(),
        losses: Type.Unsafe<unknown>({ description: "The losses that it is a mistake of." }),
        formula: Type.String(),
        factor: Type.Optional(Type.String()),
        student: Type.String(),
        instructor: Type.String(),
        source: Type.String(),
      }),
    ),
  }),
} as const;
