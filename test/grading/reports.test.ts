import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { validateXML } from "xmllint-wasm";
import { printReports, type ReportName, reportFormats, reportNames } from "#lossd/grading/report/formats.js";
import { gradeSubmission, type Report } from "#lossd/grading/report/report.js";
import type { Numbers } from "#lossd/grading/task/sample.js";
import { claiming, open } from "./tasks.js";

const task = {
  loss: "cross_entropy",
  cases: [
    { id: "first", generate: { seed: 1 } },
    { id: "second", generate: { seed: 2, rows: 4 }, visibility: "hidden" },
  ],
  parts: [
    { output: "loss", points: 1 },
    { output: "losses", points: 0.1 },
    { output: "gradients", points: 0.2 },
  ],
  feedback: "values",
};
const prepared = open(task);

function reportOf(change: (right: Numbers) => Numbers, id = "s-1"): Report {
  return gradeSubmission(prepared, { id, ...claiming(prepared, (k) => change(prepared.cases[k]!.sample.right)) });
}

const flipped = ({ gradients, ...right }: Numbers) => ({ ...right, gradients: gradients!.map((g) => -g) });
const reports: Readonly<Record<string, Report>> = {
  "a right submission": reportOf((right) => right),
  "a wrong one": reportOf(flipped),
  "one without an answer": reportOf(() => ({})),
  "one of a wrong shape": gradeSubmission(prepared, { id: "s", claims: [{ case: "first", gradients: [1, 2] }] }),
  "one that claims NaN": reportOf((right) => ({ ...right, loss: Number.NaN })),
};

const printed = (name: ReportName, ...all: readonly Report[]) => reportFormats[name].print(all);
const gradescope = (report: Report) => JSON.parse(printed("gradescope", report)) as GradescopeResult;
const prairielearn = (report: Report) => JSON.parse(printed("prairielearn", report)) as PrairielearnResult;

interface GradescopeResult {
  readonly tests: readonly { readonly score: number; readonly output: string }[];
}

interface PrairielearnResult {
  readonly gradable: boolean;
  readonly score: number;
  readonly format_errors?: readonly string[];
  readonly tests: readonly { readonly points: number; readonly max_points: number; readonly message: string }[];
}

async function faultsOf(xml: string): Promise<readonly string[]> {
  const schema = readFileSync("test/grading/junit.xsd", "utf8");
  const { errors } = await validateXML({
    xml: [{ fileName: "report.xml", contents: xml }],
    schema: [{ fileName: "junit.xsd", contents: schema }],
  });
  return errors.map(({ message }) => message);
}

describe.each(Object.entries(reports))("the reports of %s", (_name, report) => {
  test.each(reportNames)("have the form of their readers: %s", (name) => {
    expect(printReports(name, [report])).toBe(printed(name, report));
    if (reportFormats[name].ofMany) printReports(name, [report, report]);
  });

  test("have points that agree with the score in PrairieLearn", () => {
    const result = prairielearn(report);
    const sum = (of: (test: (typeof result.tests)[number]) => number) =>
      result.tests.reduce((all, one) => all + of(one), 0);
    if (result.gradable) expect(result.score).toBeCloseTo(sum((one) => one.points) / sum((one) => one.max_points), 12);
    else expect(result.format_errors?.length).toBeGreaterThan(0);
  });

  test("are JUnit XML by its schema", async () => {
    expect(await faultsOf(printed("junit", report, report))).toEqual([]);
  });

  test("have one line a submission in CSV", () => {
    const [head, ...lines] = printed("csv", report, report).split("\r\n");
    expect(lines.map((line) => line.split(",").length)).toEqual([head!.split(",").length, head!.split(",").length, 1]);
  });
});

describe.each(reportNames)("as %s", (name) => {
  const { provisional, isValid, ofMany, print } = reportFormats[name];

  test("a batch without a submission has a file, where batches have one", () => {
    if (ofMany) expect(isValid(print([]))).toBe(true);
  });

  test("a file that was cut off is not written", () => {
    const text = print([reports["a wrong one"]!]);
    expect(validity(isValid, text.slice(0, 0.7 * text.length))).toBe(false);
  });

  test("what stands there until then says why, unless a file has room for submissions alone", () => {
    const sentence = "The grader did not finish.";
    if (name !== "csv") expect(provisional(sentence)).toContain(sentence);
    else expect(provisional(sentence)).toBe(print([]));
  });
});

/** JSON that ends early is no JSON at all. */
function validity(isValid: (text: string) => boolean, text: string): boolean {
  try {
    return isValid(text);
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

test("a JUnit report that says there is none is JUnit XML too", async () => {
  expect(await faultsOf(reportFormats.junit.provisional("It's not finished: a < b."))).toEqual([]);
});

test("a schema of JUnit that refuses nothing would prove nothing", async () => {
  expect(
    await faultsOf(printed("junit", reports["a wrong one"]!).replace("testcase name", "testcase nam")),
  ).not.toEqual([]);
});

describe("what a submission's string would break is not written", () => {
  const wrong = reports["a wrong one"]!;

  test.each<readonly [ReportName, string, string]>([
    ...['" x="', "<b>", "a & b", "\u0000", "\n"].map((string) => ["junit", 's-1"', `${string}"`] as const),
    ["junit", "    </testcase>\n", ""],
    ...['"', '","', "\n"].map((string) => ["csv", '"s-1"', `"${string}"`] as const),
    ...["<b>", "|", "\n# title\n", "*"].map((string) => ["markdown", "s\\-1", string] as const),
    ["gradescope", '"text"', '"html"'],
    ["prairielearn", '"gradable"', '"gradeable"'],
  ])("as %s: %j becomes %j", (name, from, to) => {
    const text = printed(name, wrong);
    expect(text).toContain(from);
    expect(reportFormats[name].isValid(text)).toBe(true);
    expect(reportFormats[name].isValid(text.replace(from, to))).toBe(false);
  });
});

test("the points of a page's lines add up to the score", () => {
  for (const report of Object.values(reports)) {
    const total = gradescope(report).tests.reduce((sum, { score }) => sum + score, 0);
    expect(total).toBeCloseTo(report.score, 9);
  }
});

test.each(["verdict", "diagnosis", "location", "values"])(
  "each line that is not right says so at level %s",
  (feedback) => {
    const asked = open({ ...task, feedback });
    const wrong = ({ loss, losses, gradients }: Numbers) => ({
      loss: loss! + 0.1234,
      losses: losses!.map((value, i) => value + 1 + i * i),
      gradients: gradients!.map((value, i) => value * (2 + (i % 3)) + 0.1),
    });
    const report = gradeSubmission(
      asked,
      claiming(asked, (k) => wrong(asked.cases[k]!.sample.right)),
    );
    expect(report.diagnosis.candidates).toEqual([]);
    const lines = [
      gradescope(report).tests.map(({ output }) => output),
      prairielearn(report).tests.map((t) => t.message),
    ];
    for (const words of lines) {
      expect(words.length).toBe(4);
      for (const text of words) expect(text).toMatch(/\.$/);
      expect(words.at(-1)).toBe("Some answers to hidden cases are not right, or missing.");
    }
    expect(printed("junit", report)).not.toContain('message=""');
  },
);

test("hidden cases without points are right only where their answers are", () => {
  const worthless = open({ ...task, parts: [{ output: "loss", points: 0 }] });
  const report = gradeSubmission(worthless, { claims: [] });
  expect(gradescope(report).tests.at(-1)).toMatchObject({ name: "hidden cases", status: "failed" });
});

const strange: Readonly<Record<string, string>> = {
  HTML: '<script>alert(1)</script><img src=x onerror="y">',
  "ANSI codes": "\u001b[31mred\u001b[0m\u001b]8;;http://a\u0007link",
  "XML control characters": "a\u0000b\u0008c\ufffed\ud800e]]>",
  "a megabyte": "x".repeat(200),
  __proto__: "__proto__",
  "a formula": "=HYPERLINK(1)",
  Markdown: "| a | b |\n# title\n```",
};

describe.each(Object.entries(strange))("a submission named by %s", (_name, id) => {
  const plain = reportOf(flipped, "plain");
  const report = reportOf(flipped, id.slice(0, 200));

  test("changes no report's structure", async () => {
    const shapeOf = (value: unknown) => JSON.stringify(value, (_, field) => (typeof field === "string" ? "" : field));
    expect(shapeOf(gradescope(report))).toBe(shapeOf(gradescope(plain)));
    expect(shapeOf(prairielearn(report))).toBe(shapeOf(prairielearn(plain)));
    expect(await faultsOf(printed("junit", report))).toEqual([]);
    expect(printed("junit", report).match(/<[a-z/]+/g)).toEqual(printed("junit", plain).match(/<[a-z/]+/g));
    expect(printed("csv", report).match(/\r\n/g)).toEqual(["\r\n", "\r\n"]);
    expect(printed("markdown", report).split("\n").length).toBe(printed("markdown", plain).split("\n").length);
    for (const name of reportNames) printReports(name, [report]);
  });

  test("puts no markup, escape sequence or formula into one", () => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there
    const control = /[\u0000-\u0008\u001b]/;
    for (const text of [printed("junit", report), printed("markdown", report)]) {
      expect(text).not.toMatch(/(?<!\\)<(?:script|img)/);
      expect(text).not.toMatch(control);
    }
    expect(printed("csv", report)).not.toMatch(/(?:^|,)"?[=+@]/m);
    expect(printed("csv", report)).not.toMatch(control);
  });
});

test("a megabyte of text in a claim is refused by its form, and shown cut", () => {
  const text = "<b>".repeat(350_000);
  const report = gradeSubmission(prepared, { claims: [{ case: "first", loss: text }] });
  expect(report.verdict).toBe("format_error");
  expect(JSON.stringify(report).length).toBeLessThan(20_000);
  expect(printed("junit", report).length).toBeLessThan(20_000);
});

test("the student's tree holds no value of a hidden case and no right answer below the level that shows it", () => {
  const levels = ["verdict", "diagnosis", "location", "values"].map((feedback) => {
    const quiet = open({ ...task, feedback });
    const claims = claiming(quiet, (k) => flipped(quiet.cases[k]!.sample.right));
    return { quiet, tree: JSON.stringify(gradeSubmission(quiet, claims).student) };
  });
  for (const { quiet, tree } of levels) {
    for (const value of quiet.cases[1]!.sample.right.gradients) expect(tree).not.toContain(String(Math.abs(value)));
    expect(tree).not.toContain("second");
  }
  const rights = prepared.cases[0]!.sample.right.gradients.map(Math.abs);
  const shows = levels.map(({ tree }) => [...rights].some((value) => tree.includes(String(value))));
  expect(shows).toEqual([false, false, false, true]);
});

test("a student is told of a wrong form by its case, and of a hidden one without its shape", () => {
  const claims = ["first", "second"].map((id) => ({ case: id, loss: [1, 2], gradients: null }));
  const report = gradeSubmission(prepared, { claims });
  const message =
    "Nothing was graded. first: loss has shape [2], but must have a single number; hidden cases: loss does not have the right form.";
  expect(report.student.message).toBe(message);
  expect(prairielearn(report)).toMatchObject({ gradable: false, message, format_errors: [message] });
});
