import * as at from "../kernels/text/layout.ts";
import type { BodyText } from "./nested.ts";

/**
 * Finds where the rows of a tensor's outermost axis start, by its brackets and commas: to cut a large text into parts. What
 * is no tensor gives places that are no rows; whoever reads them finds that out.
 */
export class RowFinder {
  readonly #text: BodyText;
  readonly #record: number;
  /** Where the next row starts, or the position behind the tensor. */
  position: number;
  /** Its index, or how many there are. */
  row = 0;

  /** `position` is behind the bracket that opens the tensor, which has at least one row. */
  constructor(text: BodyText, position: number) {
    this.#text = text;
    this.#record = text.engine.claim(at.SEEK_BYTES);
    this.position = position;
  }

  /**
   * Goes to the first row that starts at `target` or later. "end": the tensor ends before, and the position is behind it;
   * "cut": the text does.
   */
  seek(target: number): "row" | "end" | "cut" {
    const { engine, address, end } = this.#text;
    const fields = engine.words(this.#record, at.SEEK_BYTES / 4);
    fields[at.SEEK_POSITION / 4] = address + this.position;
    fields[at.SEEK_END / 4] = address + end;
    fields[at.SEEK_TARGET / 4] = address + Math.min(target, end + 1);
    fields[at.SEEK_ROWS / 4] = this.row;
    const found = engine.calls.seek_row(this.#record);
    this.position = fields[at.SEEK_POSITION / 4]! - address;
    this.row = fields[at.SEEK_ROWS / 4]!;
    return found === at.SEEK_ROW ? "row" : found === at.SEEK_DONE ? "end" : "cut";
  }
}
