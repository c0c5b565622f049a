import type { Answer } from "../../wire/job.ts";
import { type Cluster, Clusters, type Unexplained } from "../clusters/clusters.ts";
import type { Fingerprint } from "../clusters/fingerprint.ts";
import { Fraction } from "./fraction.ts";
import type { Report } from "./report.ts";

/** What is known of submissions that were graded together. */
export interface LinesGraded {
  readonly lines: number;
  readonly failed: number;
  /** How many reports have each verdict, and name each mistake. */
  readonly verdicts: Readonly<Record<string, number>>;
  readonly mistakes: Readonly<Record<string, number>>;
  /** The sum of the reports' scores, as a fraction: exact. */
  readonly score: { readonly numerator: bigint; readonly denominator: bigint };
  /** Submissions whose numbers nothing explains. */
  readonly unexplained: readonly Unexplained[];
}

export interface GradedAnswer extends Answer {
  readonly graded: LinesGraded;
}

/** Clusters, and lines of each, that a summary shows. */
const clustersShown = 20;
const linesShown = 20;

const verdicts = ["pass", "partial", "fail", "format_error"] as const;

/** What a batch's reports come to. Sums are exact, so that it does not matter which worker graded what. */
export class GradeTotals {
  readonly #verdicts = new Map<string, number>(verdicts.map((verdict) => [verdict, 0]));
  readonly #mistakes = new Map<string, number>();
  readonly #unexplained: Unexplained[] = [];
  readonly #clusters = new Clusters();
  #lines = 0;
  #failed = 0;
  #score = Fraction.zero;

  get lines(): number {
    return this.#lines;
  }

  get failed(): number {
    return this.#failed;
  }

  /** What a worker sends to the thread that adds it up. */
  get counted(): LinesGraded {
    const { numerator, denominator } = this.#score;
    return {
      lines: this.#lines,
      failed: this.#failed,
      verdicts: Object.fromEntries(this.#verdicts),
      mistakes: Object.fromEntries(this.#mistakes),
      score: { numerator, denominator },
      unexplained: this.#unexplained,
    };
  }

  /** A report, its line, and the numbers in it that nothing explains. */
  addReport(report: Report, line: number, fingerprint?: Fingerprint): void {
    this.#lines++;
    count(this.#verdicts, report.verdict, 1);
    for (const id of mistakesOf(report)) count(this.#mistakes, id, 1);
    this.#score = this.#score.plus(Fraction.decimal(report.score));
    if (fingerprint) this.#unexplained.push({ line, fingerprint });
  }

  addFailure(): void {
    this.#lines++;
    this.#failed++;
  }

  add({ graded }: GradedAnswer): void {
    const { lines, failed, verdicts, mistakes, score, unexplained } = graded;
    this.#lines += lines;
    this.#failed += failed;
    for (const [name, times] of Object.entries(verdicts)) count(this.#verdicts, name, times);
    for (const [name, times] of Object.entries(mistakes)) count(this.#mistakes, name, times);
    this.#score = this.#score.plus(Fraction.of(score.numerator, score.denominator));
    for (const one of unexplained) this.#clusters.add(one);
  }

  /** The mean of the scores that were given, rounded once; null where none was. */
  get meanScore(): number | null {
    const graded = this.#lines - this.#failed;
    return graded === 0 ? null : this.#score.over(graded).toNumber();
  }

  /** How often each mistake was found, the most frequent first. */
  get mistakes(): readonly (readonly [string, number])[] {
    return [...this.#mistakes].sort(([one, times], [other, more]) => more - times || (one < other ? -1 : 1));
  }

  /** Submissions whose unexplained numbers are the same, the most frequent first. */
  get clusters(): readonly Cluster[] {
    return this.#clusters.shared;
  }

  get verdicts(): readonly (readonly [string, number])[] {
    return [...this.#verdicts];
  }

  /** The last line of a batch that was graded to its end. */
  summary(): string {
    const summary = {
      done: true,
      lines: this.#lines,
      failed: this.#failed,
      verdicts: Object.fromEntries(this.#verdicts),
      mistakes: Object.fromEntries(this.mistakes),
      mean_score: this.meanScore,
      unexplained: this.#clusters.unexplained,
      clusters: this.clusters
        .slice(0, clustersShown)
        .map(({ lines, ...cluster }) => ({ ...cluster, lines: lines.slice(0, linesShown) })),
    };
    return `${JSON.stringify(summary)}\n`;
  }
}

/** Mistakes that the numbers leave no doubt of, as a student is told them. */
function mistakesOf({ verdict, diagnosis: { status, candidates } }: Report): readonly string[] {
  if (verdict === "pass" || (status !== "confirmed" && status !== "likely")) return [];
  return candidates.flatMap(({ id, also }) => [id, ...(also ?? [])]);
}

function count(counts: Map<string, number>, name: string, times: number): void {
  counts.set(name, (counts.get(name) ?? 0) + times);
}
