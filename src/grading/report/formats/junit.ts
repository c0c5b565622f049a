import type { Report } from "../report.ts";
import { failureText, type TestLine, testsOf } from "../tests.ts";
import { escapeXml as escaped, plain } from "../text.ts";
import type { ReportFormat } from "./format.ts";

const value = `"(?:[^"<&\\p{Cc}]|&(?:amp|lt|gt|quot|#39);)*"`;
const attributes = (...names: readonly string[]) => names.map((name) => ` ${name}=${value}`).join("");
const outcome = `      <(?:failure|error)${attributes("type", "message")}/>\n`;
const testcase = `    <testcase${attributes("name", "classname", "time")}(?:/>|>\n${outcome}    </testcase>)\n`;
const property = `      <property${attributes("name", "value")}/>\n`;
const properties = `    <properties>\n(?:${property})+    </properties>\n`;
const counts = ["name", "tests", "failures", "errors"];
const suite = `  <testsuite${attributes(...counts, "skipped", "time")}>\n(?:${properties})?(?:${testcase})*  </testsuite>\n`;
const head = `<\\?xml version="1.0" encoding="UTF-8"\\?>\n<testsuites${attributes(...counts, "time")}>\n`;
const [headPattern, suitePattern] = [head, suite].map((pattern) => new RegExp(`^${pattern}$`, "u")) as [RegExp, RegExp];

/** JUnit XML: a suite a submission, a case a part. Nothing in it depends on when or where it was written. */
export const junit: ReportFormat = {
  summary: "write JUnit XML",
  ofMany: true,
  print: (reports) => documentOf(reports.map(suiteOf)),
  isValid(text) {
    // Suite by suite: a pattern of all would remember each character of a class's reports.
    const [head = "", ...suites] = text.split(/^(?= {2}<testsuite |<\/testsuites>\n$)/m);
    return (
      headPattern.test(head) && suites.pop() === "</testsuites>\n" && suites.every((one) => suitePattern.test(one))
    );
  },
  provisional: (sentence) => documentOf([unfinished(sentence)]),
};

function documentOf(suites: readonly Suite[]): string {
  const total = (count: (suite: Suite) => number) => suites.reduce((sum, suite) => sum + count(suite), 0);
  const head = `name="lossd" tests="${total(({ tests }) => tests)}" failures="${total(({ failures }) => failures)}" errors="${total(({ errors }) => errors)}" time="0"`;
  const lines = [`<testsuites ${head}>`, ...suites.flatMap(linesOf), "</testsuites>"];
  return `<?xml version="1.0" encoding="UTF-8"?>\n${lines.join("\n")}\n`;
}

interface Suite {
  readonly name: string;
  readonly tests: number;
  readonly failures: number;
  readonly errors: number;
  readonly lines: readonly string[];
}

function linesOf({ name, tests, failures, errors, lines }: Suite): string[] {
  const counts = `tests="${tests}" failures="${failures}" errors="${errors}" skipped="0" time="0"`;
  return [`  <testsuite name="${escaped(name)}" ${counts}>`, ...lines, "  </testsuite>"];
}

function unfinished(sentence: string): Suite {
  const error = `      <error type="unfinished" message="${escaped(sentence)}"/>`;
  const lines = ['    <testcase name="grader" classname="lossd" time="0">', error, "    </testcase>"];
  return { name: "lossd", tests: 1, failures: 0, errors: 1, lines };
}

function suiteOf(report: Report, i: number): Suite {
  const name = plain(report.submission ?? `submission ${i + 1}`) || `submission ${i + 1}`;
  const cases =
    report.verdict === "format_error" ? [ungradable(report)] : testsOf(report).map((test) => caseOf(test, report));
  const failures = cases.filter((one) => one.includes("<failure ")).length;
  const errors = cases.filter((one) => one.includes("<error ")).length;
  const properties = `    <properties>\n      <property name="score" value="${report.score}"/>\n      <property name="max_score" value="${report.max_score}"/>${protectionOf(report)}\n    </properties>`;
  return { name, tests: cases.length, failures, errors, lines: [properties, ...cases] };
}

function protectionOf({ protection }: Report): string {
  if (!protection) return "";
  const { unprotected, means } = protection;
  return `\n      <property name="protection" value="${escaped(unprotected ? `unprotected: ${means}` : means)}"/>`;
}

function caseOf(test: TestLine, { student, engine }: Report): string {
  const head = `    <testcase name="${escaped(test.name)}" classname="${escaped(engine.loss)}" time="0"`;
  if (test.passed) return `${head}/>`;
  const { output, verdict = "fail" } = test.part ?? {};
  const mistake = student.mistakes?.find(({ outputs }) => output === undefined || outputs.includes(output));
  const type = verdict === "fail" ? (mistake?.id ?? "wrong") : verdict;
  return `${head}>\n      <failure type="${escaped(type)}" message="${escaped(failureText(test, student))}"/>\n    </testcase>`;
}

function ungradable({ student, engine }: Report): string {
  const error = `<error type="format_error" message="${escaped(student.message)}"/>`;
  return `    <testcase name="format" classname="${escaped(engine.loss)}" time="0">\n      ${error}\n    </testcase>`;
}
