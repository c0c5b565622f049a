import { findFields } from "../../json/fields.ts";
import { joinInto, lengthOf } from "../../json/pieces.ts";
import { closeBracket, comma, openBracket, skipSpace, space } from "../../json/scan.ts";
import type { Loss } from "../../losses/loss.ts";
import { isTensor, tensorFields } from "../../losses/schemas/fields.ts";

/** Which of how many parts of a request it is, from 0 on. */
export interface PartNumber {
  readonly index: number;
  readonly count: number;
}

/** How many times a byte is in text[from…to−1]. */
export type CountByte = (text: Uint8Array, from: number, to: number, byte: number) => number;

/** Base64 of every part but the last must come out even: whole groups of three bytes, whatever a number's size. */
export const rowsTogether = 3;

/** Bytes in which row ends are counted at once; only the stretch with the wanted end is then searched byte by byte. */
export const stretch = 1 << 16;

export interface PartOfBody {
  readonly text: Uint8Array;
  /** Rows of the whole body, on the outermost axis. */
  readonly rows: number;
}

/**
 * A JSON body of its own for one part: the request's, with that part's rows alone in every tensor that has a row an
 * example. Undefined where a body is not plain enough to be cut, or too short; what is wrong with a body is not said
 * here. If every part of a body is valid, with one inner shape, then so is the body, and it holds the same numbers.
 */
export function bodyOfPart(
  body: Uint8Array,
  loss: Loss,
  part: PartNumber,
  countByte: CountByte,
  allocate: (bytes: number) => Uint8Array,
): PartOfBody | undefined {
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const fields = findFields(text, (name) => isTensor(name) && tensorFields(loss)[name] !== undefined);
  if (!fields) return undefined;
  const pieces: Uint8Array[] = [];
  let rows: number | undefined;
  let done = 0;
  for (const { name, from, to } of fields) {
    const nested = text[from] === openBracket && text[skipSpace(text, from + 1)] === openBracket;
    if (!isOfExamples(name, nested)) continue;
    // A single number, or a row alone, which has no axis of examples.
    if (text[from] !== openBracket || (loss.kind === "rowwise" && isInput(name) && !nested)) return undefined;
    const cut = cutRows(text, from + 1, to - 1, nested, part, countByte);
    if (!cut || cut.rows !== (rows ?? cut.rows)) return undefined;
    rows = cut.rows;
    pieces.push(text.subarray(done, from + 1), text.subarray(cut.from, cut.to));
    done = to - 1;
  }
  if (rows === undefined) return undefined;
  pieces.push(text.subarray(done));
  return { text: joinInto(allocate(lengthOf(pieces)), pieces), rows };
}

/** Whether it is the loss's input, and not labels, weights or a mask. */
export function isInput(name: string): boolean {
  return name === "logits" || name === "probabilities";
}

/** Weights of classes, and a mask of one row, are the same for every example. */
export function isOfExamples(name: string, nested: boolean): boolean {
  return isTensor(name) && name !== "class_weights" && (name !== "class_mask" || nested);
}

interface Rows {
  readonly rows: number;
  readonly from: number;
  readonly to: number;
}

/** The part's rows of the array whose inside is text[from…to−1]. */
function cutRows(
  text: Buffer,
  from: number,
  to: number,
  nested: boolean,
  part: PartNumber,
  countByte: CountByte,
): Rows | undefined {
  // A row ends with as many brackets as the first one; values end with a comma, but for the last.
  const byte = nested ? closeBracket : comma;
  const perRow = nested ? closingsOfFirstRow(text, from, to) : 1;
  const ends = new Ends(text, from, to, byte, countByte);
  const rows = nested ? ends.total / perRow : ends.total + 1;
  if (!Number.isInteger(rows) || rows < rowsTogether * part.count) return undefined;
  const start = startOf(part.index, rows, part.count);
  const end = startOf(part.index + 1, rows, part.count);
  const rowFrom = start === 0 ? from : ends.after(start * perRow);
  const rowTo = end === rows ? to : ends.after(end * perRow) - (nested ? 0 : 1);
  if (!nested || start === 0) return { rows, from: rowFrom, to: rowTo };
  const separator = skipSpace(text, rowFrom);
  return text[separator] === comma ? { rows, from: separator + 1, to: rowTo } : undefined;
}

/** The first row of a part. */
export function startOf(index: number, rows: number, count: number): number {
  return index === count ? rows : Math.floor((rows * index) / count / rowsTogether) * rowsTogether;
}

function closingsOfFirstRow(text: Buffer, from: number, to: number): number {
  let depth = 0;
  let closings = 0;
  for (let at = from; at < to; at++) {
    if (text[at] === openBracket) depth++;
    else if (text[at] === closeBracket) {
      closings++;
      if (--depth === 0) break;
    } else if (text[at] !== comma && text[at]! > space) {
      const next = text.indexOf(closeBracket, at);
      if (next < 0) break;
      at = next - 1;
    }
  }
  return closings;
}

/** The places of one byte in a text, found by counting stretch after stretch. */
class Ends {
  readonly #text: Buffer;
  readonly #from: number;
  readonly #byte: number;
  /** How many there are before each stretch. */
  readonly #before: number[] = [];
  readonly total: number;

  constructor(text: Buffer, from: number, to: number, byte: number, countByte: CountByte) {
    this.#text = text;
    this.#from = from;
    this.#byte = byte;
    let total = 0;
    for (let at = from; at < to; at += stretch) {
      this.#before.push(total);
      total += countByte(text, at, Math.min(at + stretch, to), byte);
    }
    this.total = total;
  }

  /** The position after the byte with that number, from 1 to `total`. */
  after(number: number): number {
    let low = 0;
    let high = this.#before.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.#before[middle]! < number) low = middle;
      else high = middle;
    }
    let at = this.#from + low * stretch;
    for (let left = number - this.#before[low]!; left > 0; at++) if (this.#text[at] === this.#byte) left--;
    return at;
  }
}
