import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { engine } from "../engine/instance.ts";
import { describeCluster } from "../grading/clusters/clusters.ts";
import { reportIn } from "../grading/lines.ts";
import { reportFormats } from "../grading/report/formats.ts";
import { openTask, type Report, withProtection } from "../grading/report/report.ts";
import { plain } from "../grading/report/text.ts";
import type { GradeTotals } from "../grading/report/totals.ts";
import { grading } from "../service/stream/grading.ts";
import { readJson } from "./documents.ts";
import { exitCodes, Failure } from "./failure.ts";
import type { GradeOptions } from "./grade_options.ts";
import { table } from "./output.ts";
import { refusing } from "./refusal.ts";
import { wantedReports, writeProvisional, writeReports } from "./reports.ts";
import { sizeOfFile, streamLines } from "./stream_lines.ts";

/** Where the submissions are what programs claimed, and not lines that somebody wrote. */
export interface Programs {
  /** By their lines, from the first on. */
  readonly names: readonly string[];
  readonly unprotected: boolean;
}

const unprotected = { unprotected: true, means: "none: --reachable" };

/** Grades submissions, one a line, on all workers: the lines that the service answers, and files for all together. */
export async function gradeBatch(
  taskPath: string,
  path: string,
  options: GradeOptions,
  programs?: Programs,
): Promise<void> {
  refuseSingle(options);
  await writeProvisional(options);
  const task = await readJson(taskPath, "the task");
  refusing(exitCodes.usage, "the task is not allowed", () => openTask(engine(), task));
  const input = await openInput(path);
  const reports: Report[] = [];
  const work = grading(Buffer.from(JSON.stringify({ task })));
  await streamLines(work, input.stream, {
    quiet: (options.quiet ?? false) || programs !== undefined,
    bytesInAll: input.bytes,
    ...(wantedReports(options).length > 0 && { look: reader(reports) }),
  });
  const told = programs?.unprotected ? reports.map((report) => withProtection(report, unprotected)) : reports;
  await writeReports(options, withClusters(told, work.totals));
  process.stderr.write(summaryOf(work.totals, programs?.names));
  const { lines, failed } = work.totals;
  if (failed === 0 || options.alwaysZero) return;
  throw new Failure(exitCodes.notGradable, `${failed} of ${lines} lines could not be graded: each has its problem`);
}

/** Refuses what only one submission can have. */
export function refuseSingle(options: GradeOptions): void {
  const asked: string[] = wantedReports(options).flatMap(([name]) => (reportFormats[name].ofMany ? [] : [name]));
  if (options.failUnder !== undefined) asked.push("fail-under");
  if (asked.length > 0) {
    throw new Failure(exitCodes.usage, `--${asked[0]} is for one submission, and not for a batch`);
  }
}

async function openInput(path: string) {
  if (path === "-") return { stream: process.stdin, bytes: sizeOfFile(process.stdin.fd) };
  try {
    const file = await open(path);
    // Of a folder only reading says that it is none, when nobody waits for it any more.
    if ((await file.stat()).isDirectory()) throw new Error(`${path} is a folder`);
    return { stream: createReadStream("", { fd: file }), bytes: sizeOfFile(file.fd) };
  } catch (error) {
    throw new Failure(exitCodes.notGradable, `the submissions cannot be read: ${(error as Error).message}`);
  }
}

/** A report as it stands in a batch. */
type ReportOfLine = Report & { readonly line?: number };

/** Each report says what it has in common with others that nothing explains. */
function withClusters(reports: readonly ReportOfLine[], { clusters }: GradeTotals): readonly Report[] {
  const words = new Map<number, string>();
  for (const [i, cluster] of clusters.entries())
    for (const line of cluster.lines) words.set(line, `${i + 1}: ${describeCluster(cluster)}`);
  return reports.map((report) => {
    const cluster = report.line === undefined ? undefined : words.get(report.line);
    return cluster === undefined ? report : { ...report, cluster };
  });
}

/** Gathers the reports of lines that come in chunks. */
function reader(reports: Report[]): (bytes: Buffer) => void {
  let rest: Buffer[] = [];
  return (bytes) => {
    const end = bytes.lastIndexOf("\n") + 1;
    if (end > 0) {
      const text = Buffer.concat([...rest, bytes.subarray(0, end)]).toString();
      for (const line of text.split("\n").slice(0, -1)) {
        const report = reportIn(line);
        if (report) reports.push(report);
      }
      rest = [];
    }
    // A copy: the chunk would keep all that came with it.
    rest.push(Buffer.from(bytes.subarray(end)));
  };
}

const clustersShown = 20;
const linesShown = 5;

function linesOf(lines: readonly number[], names?: readonly string[]): string {
  const more = lines.length > linesShown ? " …" : "";
  const first = lines.slice(0, linesShown);
  return `${names ? first.map((line) => plain(names[line - 1]!)).join(", ") : `lines ${first.join(", ")}`}${more}`;
}

/** The summary for people: verdicts, the mean, and how often each mistake was found. */
function summaryOf(
  { lines, failed, verdicts, mistakes, meanScore, clusters }: GradeTotals,
  names?: readonly string[],
): string {
  const counted = verdicts.map(([verdict, times]) => `${times} ${verdict}`).join(", ");
  const head = `${lines} submissions: ${counted}${failed > 0 ? `, ${failed} not graded` : ""}; mean score ${meanScore ?? "none"}\n`;
  const most = mistakes[0]?.[1] ?? 1;
  const bar = (times: number) => "█".repeat(Math.max(1, Math.round((24 * times) / most)));
  const named = mistakes.map(([id, times]) => [id, String(times), bar(times)]);
  const shared = clusters
    .slice(0, clustersShown)
    .map((one) => `${describeCluster(one)}: ${linesOf(one.lines, names)}\n`);
  return `${head}${named.length > 0 ? table(named) : ""}${shared.join("")}`;
}
