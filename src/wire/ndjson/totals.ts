import type { Engine } from "../../engine/engine.ts";
import { ExactSum } from "../../engine/exact_sum.ts";
import { jsonNumber } from "../../json/nonfinite.ts";
import type { LinesAnswer } from "./lines.ts";

/** What a stream's lines come to. Sums are over every example of every line, and rounded once, at the end. */
export class Totals {
  readonly #lossSum = new ExactSum();
  readonly #weightSum = new ExactSum();
  #lines = 0;
  #failed = 0;
  #validCount = 0;

  get lines(): number {
    return this.#lines;
  }

  get failed(): number {
    return this.#failed;
  }

  add(answer: LinesAnswer): void {
    const { lines, failed, validCount, lossSum, weightSum } = answer.lines;
    this.#lines += lines;
    this.#failed += failed;
    this.#validCount += validCount;
    this.#lossSum.addChunks(lossSum);
    this.#weightSum.addChunks(weightSum);
  }

  /** A line that no worker could answer. */
  addFailure(): void {
    this.#lines++;
    this.#failed++;
  }

  /** The last line of a stream that was answered to its end. Infinities are strings, as in every reply. */
  summary(engine: Engine): string {
    const summary = {
      done: true,
      lines: this.#lines,
      failed: this.#failed,
      loss_sum: jsonNumber(this.#lossSum.round(engine)),
      weight_sum: jsonNumber(this.#weightSum.round(engine)),
      valid_count: this.#validCount,
    };
    return `${JSON.stringify(summary)}\n`;
  }
}
