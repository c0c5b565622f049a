import type { BatchResult, Numbers, Parts, Tensor } from "../engine/batch.ts";
import { Problem } from "../problems.ts";
import type { Nonfinite } from "./json_request.ts";

/** Text is encoded when it has grown to this: one string of a large reply could pass V8's limit. */
const pieceLength = 1 << 16;

/** Writes a reply. Throws a Problem (invalid_request) for an infinite number where the caller wants none. */
export function writeReply(result: BatchResult, nonfinite: Nonfinite): Uint8Array {
  const writer = new Writer(nonfinite);
  writer.open();
  if (result.loss !== undefined) writer.number("loss", result.loss);
  if (result.losses) writer.tensor("losses", result.losses);
  if (result.gradients) writer.tensor("gradients", result.gradients);
  if (result.gradientWrt === "probabilities") writer.raw("gradient_wrt", '"probabilities"');
  if (result.decomposition) {
    writer.raw("decomposition", "{", false);
    writeParts(result.decomposition, (name, part) => writer.tensor(name, part));
    writer.raw("mean", "{", false);
    writeParts(result.decomposition.mean, (name, part) => writer.number(name, part));
    writer.close("}}");
  }
  if (result.probabilities) writer.tensor("probabilities", result.probabilities);
  if (result.accuracy) {
    writer.raw("accuracy", "{", false);
    writer.tensor("correct", result.accuracy.correct);
    writer.number("mean", result.accuracy.mean);
    writer.close("}");
  }
  writer.raw("reduction", `"${result.reduction}"`);
  if (result.denominator !== undefined) writer.number("denominator", result.denominator);
  writer.number("loss_sum", result.lossSum);
  writer.number("weight_sum", result.weightSum);
  writer.number("valid_count", result.validCount);
  writer.number("ignored_count", result.ignoredCount);
  writer.number("nonfinite_count", result.nonfiniteCount);
  writer.close("}");
  return writer.bytes();
}

function writeParts<T>(parts: Parts<T>, write: (name: string, part: T) => void): void {
  write("cross_entropy", parts.cross_entropy);
  write("entropy", parts.entropy);
  write("kl_divergence", parts.kl_divergence);
}

/** An object in the making. Text is pure ASCII. */
class Writer {
  readonly #nonfinite: Nonfinite;
  readonly #pieces: Buffer[] = [];
  #text = "";
  #first = true;

  constructor(nonfinite: Nonfinite) {
    this.#nonfinite = nonfinite;
  }

  open(): void {
    this.#text += "{";
    this.#first = true;
  }

  close(brackets: string): void {
    this.#text += brackets;
    this.#first = false;
  }

  /** A member with ready text; `complete` false opens an object. */
  raw(name: string, text: string, complete = true): void {
    this.#text += `${this.#first ? "" : ","}"${name}":${text}`;
    this.#first = !complete;
  }

  number(name: string, value: number): void {
    this.raw(name, this.#format(value, name, "loss"));
  }

  tensor(name: string, { shape, data }: Tensor): void {
    this.raw(name, "");
    this.#nest(name, shape, data, 0, 0, data.length);
  }

  #nest(name: string, shape: readonly number[], data: Numbers, depth: number, from: number, to: number): void {
    const length = shape[depth];
    if (length === undefined) {
      this.#text += this.#format(data[from]!, name, "number");
      return;
    }
    this.#text += "[";
    if (depth === shape.length - 1) this.#row(name, data, from, to);
    else {
      const step = length === 0 ? 0 : (to - from) / length;
      for (let i = 0; i < length; i++) {
        if (i > 0) this.#text += ",";
        this.#nest(name, shape, data, depth + 1, from + i * step, from + (i + 1) * step);
      }
    }
    this.#text += "]";
  }

  #row(name: string, data: Numbers, from: number, to: number): void {
    let text = this.#text;
    for (let i = from; i < to; i++) {
      const value = data[i]!;
      if (i > from) text += ",";
      text += Number.isFinite(value) ? value : this.#format(value, name, "number");
      if (text.length > pieceLength) {
        this.#pieces.push(Buffer.from(text, "latin1"));
        text = "";
      }
    }
    this.#text = text;
  }

  #format(value: number, name: string, what: string): string {
    // String(−0) is "0".
    if (Number.isFinite(value)) return String(value);
    if (this.#nonfinite === "string") return `"${value}"`;
    if (this.#nonfinite === "null") return "null";
    throw Problem.of([{ pointer: "/nonfinite", detail: `is "error", and a ${what} in ${name} is ${value}` }]);
  }

  #flush(): void {
    this.#pieces.push(Buffer.from(this.#text, "latin1"));
    this.#text = "";
  }

  /** All that was written, in memory of its own: it can be transferred. */
  bytes(): Uint8Array<ArrayBuffer> {
    this.#flush();
    const length = this.#pieces.reduce((sum, piece) => sum + piece.length, 0);
    const bytes = new Uint8Array(length);
    let at = 0;
    for (const piece of this.#pieces) {
      bytes.set(piece, at);
      at += piece.length;
    }
    return bytes;
  }
}
