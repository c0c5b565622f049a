import { Fraction } from "./fraction.ts";
import type { Report } from "./report.ts";
import { plain } from "./text.ts";

type StudentPart = Report["student"]["parts"][number];

/** One line of a grader's page: a part of a visible case, or all hidden cases together. */
export interface TestLine {
  readonly name: string;
  readonly points: number;
  readonly maxPoints: number;
  readonly passed: boolean;
  /** Absent for the hidden cases: nothing but their points is said. */
  readonly part?: StudentPart;
}

/** What a grader lists. The points of the lines add up to the score. */
export function testsOf({ parts, student, diagnosis }: Report): TestLine[] {
  const passed = ({ verdict }: { readonly verdict: string }) =>
    verdict === "pass" || (verdict === "fail" && diagnosis.accepted?.credit === 1);
  const visible = student.parts.map((part) => ({
    name: `${plain(part.case)}: ${part.output}`,
    points: part.score,
    maxPoints: part.max_score,
    passed: passed(part),
    part,
  }));
  const shown = new Set(student.parts.map(({ case: name }) => name));
  const hidden = parts.filter(({ case: name }) => !shown.has(name));
  if (hidden.length === 0) return visible;
  const points = exactSum(hidden.map(({ score }) => score));
  const maxPoints = exactSum(hidden.map(({ max_score }) => max_score));
  return [...visible, { name: "hidden cases", points, maxPoints, passed: hidden.every(passed) }];
}

/** The sum of decimals, without what binary fractions leave over. */
export function exactSum(values: readonly number[]): number {
  return values.reduce((sum, value) => sum.plus(Fraction.decimal(value)), Fraction.zero).toNumber();
}

/** What a student reads beside a line that is not right: never nothing, and of hidden cases nothing more. */
export function failureText({ passed, part }: TestLine, { mistakes = [] }: Report["student"]): string {
  if (passed) return "";
  if (!part) return "Some answers to hidden cases are not right, or missing.";
  const own = mistakes.filter(({ outputs }) => part.verdict === "fail" && outputs.includes(part.output));
  const sentences = own.map(({ sentence }) => plain(sentence));
  return [...sentences, whereWrong(part)].filter(Boolean).join(" ") || "The numbers are not right.";
}

/** Where a part is not right, and by how much, as far as the feedback goes. */
export function whereWrong({ verdict, location, values }: StudentPart): string {
  if (verdict === "missing") return "There is no answer.";
  if (verdict === "malformed") return "The answer is not an array of numbers of the right shape.";
  const where =
    location && `${location.mismatched} of ${location.compared} numbers are wrong, most of all ${location.pointer}.`;
  const what = values && `There you have ${values.claimed}, and right is ${values.reference}.`;
  return [where, what].filter(Boolean).join(" ");
}
