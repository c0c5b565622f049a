import type { Tensor } from "../engine/batch.ts";
import type { Engine } from "../engine/engine.ts";
import { ResidentTensor } from "../engine/resident.ts";
import { sizeOf } from "../engine/shapes.ts";
import * as at from "../kernels/text/layout.ts";
import { Problem } from "../problems.ts";
import { type AnswerDatatype, encodeNumbers } from "./datatypes.ts";
import { joinInto, lengthOf } from "./pieces.ts";

/** How a request asks for its reply. */
export interface ReplyForm {
  readonly nonfinite: "string" | "null" | "literal" | "error";
  readonly encoding: "nested" | "flat" | "b64";
  /** The input's: the reply's tensors have it, and the numbers that are rounded like them. */
  readonly datatype: AnswerDatatype;
}

/** How the engine writes infinities. With "error" it meets none: such a reply is refused before. */
const words = { string: at.WRITE_STRING, null: at.WRITE_NULL, literal: at.WRITE_LITERAL, error: at.WRITE_STRING };

/** Numbers that are written at once: memory grows by the text of so many. */
const pieceNumbers = 1 << 15;

/** An object in the making, at the end of the engine's memory: nothing may be allocated until it is done. Pure ASCII. */
export class JsonWriter {
  readonly #engine: Engine;
  readonly #form: ReplyForm;
  readonly #rows: number | undefined;
  readonly #bytesMax: number;
  readonly #record: number;
  readonly #start: number;
  #end: number;
  /** What goes into the engine's memory before the next tensor does. */
  #text = "";
  #first = true;
  /** Where the numbers of each tensor begin and end in the text, without the brackets or quotes around them. */
  readonly marks: number[] = [];

  /**
   * `bytesMax`: how long it may become, blobs included. `rows`: where this is one part of a reply, the examples of the whole
   * on the outermost axis.
   */
  constructor(engine: Engine, form: ReplyForm, bytesMax = Number.POSITIVE_INFINITY, rows?: number) {
    this.#engine = engine;
    this.#form = form;
    this.#rows = rows;
    this.#bytesMax = bytesMax;
    // The 8 bytes behind the record are for a number that is no tensor.
    this.#record = engine.claim(at.WRITE_BYTES + 8);
    this.#start = engine.free;
    this.#end = this.#start;
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

  number(name: string, value: number, float32: boolean): void {
    if (!Number.isFinite(value)) this.#refuseNonfinite(name, "loss", value);
    // String(−0) is "0".
    if (!float32) this.raw(name, Number.isFinite(value) ? String(value) : this.#word(value));
    else {
      this.raw(name, "");
      const address = this.#record + at.WRITE_BYTES;
      this.#engine.floats(address, 1)[0] = value;
      this.#nested(new ResidentTensor(this.#engine, address, [], true), []);
    }
  }

  tensor(name: string, tensor: Tensor): void {
    if (!(tensor instanceof ResidentTensor)) throw new Error(`${name} is not in the engine's memory`);
    this.#checkFinite(name, tensor);
    this.raw(name, "");
    const { encoding } = this.#form;
    if (encoding === "nested") {
      this.#nested(tensor, tensor.shape);
      return;
    }
    const shape = `"shape":[${(this.#rows === undefined ? tensor.shape : tensor.shape.with(0, this.#rows)).join(",")}]`;
    if (encoding === "flat") {
      this.#text += `{${shape},"data":`;
      this.#nested(tensor, [sizeOf(tensor.shape)]);
      this.#text += "}";
    } else {
      this.#text += `{"datatype":"${tensor.float32 ? "FP32" : "FP64"}",${shape},"b64":"`;
      this.#base64(tensor);
      this.#text += '"}';
    }
  }

  /**
   * All that was written, and blobs of tensors behind it: in `replyMemory` if they fill it, else in memory that can be
   * transferred.
   */
  bytes(replyMemory?: Uint8Array, tensors: readonly ResidentTensor[] = []): Uint8Array {
    this.#flush();
    const textLength = this.#end - this.#start;
    // Views are made last: memory that grows leaves earlier ones empty.
    const blobs = tensors.map(({ data }) => encodeNumbers(data));
    const length = textLength + lengthOf(blobs);
    this.#checkLength(length);
    // A small reply is copied elsewhere: it would keep all of that memory until its client has read it.
    const fills = replyMemory && length <= replyMemory.length && 4 * length >= replyMemory.length;
    // Not from Node's pool, and not filled with zeros first.
    const bytes = fills ? replyMemory.subarray(0, length) : Buffer.allocUnsafeSlow(length);
    this.#engine.all.copy(bytes, 0, this.#start, this.#end);
    if (blobs.length > 0) joinInto(bytes.subarray(textLength), blobs);
    return bytes;
  }

  #checkLength(bytes: number): void {
    if (bytes <= this.#bytesMax) return;
    const instead = "ask for fewer outputs, or for them in base64 or binary";
    throw new Problem(
      "reply_too_large",
      `the reply has more than REPLY_BYTES_MAX = ${this.#bytesMax} bytes: ${instead}`,
    );
  }

  /** A tensor's numbers, nested as `shape` says. */
  #nested({ address, float32 }: ResidentTensor, shape: readonly number[]): void {
    const count = sizeOf(shape);
    if (count === 0) {
      this.#text += nothing(shape);
      return;
    }
    const rank = shape.length;
    if (rank > 0) this.#text += "[";
    this.#flush();
    if (rank > 0) this.#mark();
    this.#describe(address, float32, shape);
    const rowsPerNumber = 1 / (shape.at(-1) ?? 1);
    for (let from = 0; from < count; from += pieceNumbers) {
      const to = Math.min(from + pieceNumbers, count);
      const brackets = 2 * rank * (Math.ceil((to - from) * rowsPerNumber) + 1);
      this.#engine.reach(this.#end + (to - from) * at.WRITE_NUMBER_MAX + brackets + at.WRITE_SLACK);
      this.#engine.setWord(this.#record + at.WRITE_FROM, from);
      this.#engine.setWord(this.#record + at.WRITE_TO, to);
      this.#end = this.#engine.calls.write_tensor(this.#record, this.#end);
      this.#checkLength(this.#end - this.#start);
    }
    // Takes back the comma after the last number.
    this.#end--;
    if (rank === 0) return;
    this.#mark();
    this.#text += "]";
  }

  #describe(address: number, float32: boolean, shape: readonly number[]): void {
    const [engine, record] = [this.#engine, this.#record];
    engine.setWord(record + at.WRITE_DATA, address);
    engine.setWord(record + at.WRITE_SINGLE, float32 ? 1 : 0);
    engine.setWord(record + at.WRITE_RANK, shape.length);
    engine.setWord(record + at.WRITE_WORDS, words[this.#form.nonfinite]);
    for (let axis = 0; axis < shape.length; axis++) engine.setWord(record + at.WRITE_SHAPE + 4 * axis, shape[axis]!);
  }

  #base64({ address, shape, float32 }: ResidentTensor): void {
    this.#flush();
    const bytes = sizeOf(shape) * (float32 ? 4 : 8);
    const textBytes = Math.ceil(bytes / 3) * 4;
    this.#checkLength(this.#end - this.#start + textBytes);
    this.#engine.reach(this.#end + textBytes + at.WRITE_SLACK);
    this.#mark();
    this.#end = this.#engine.calls.encode_base64(address, bytes, this.#end);
    this.#mark();
  }

  #mark(): void {
    this.marks.push(this.#end - this.#start);
  }

  #flush(): void {
    this.#engine.reach(this.#end + this.#text.length);
    this.#engine.all.write(this.#text, this.#end, "latin1");
    this.#end += this.#text.length;
    this.#text = "";
  }

  #checkFinite(name: string, tensor: ResidentTensor): void {
    if (this.#form.nonfinite !== "error") return;
    const { calls } = this.#engine;
    const count = tensor.float32 ? calls.count_nonfinite_float32 : calls.count_nonfinite;
    if (count(tensor.address, tensor.count) === 0) return;
    this.#refuseNonfinite(name, "number", tensor.data.find((value) => !Number.isFinite(value))!);
  }

  #refuseNonfinite(name: string, what: string, value: number): void {
    if (this.#form.nonfinite !== "error") return;
    throw Problem.of([{ pointer: "/nonfinite", detail: `is "error", and a ${what} in ${name} is ${value}` }]);
  }

  #word(value: number): string {
    const { nonfinite } = this.#form;
    if (nonfinite === "literal") return String(value);
    return nonfinite === "null" ? "null" : `"${value}"`;
  }
}

/** The nested arrays of a shape without a number. */
function nothing(shape: readonly number[]): string {
  const rows = shape.slice(0, shape.indexOf(0)).toReversed();
  return rows.reduce((inner, length) => `[${`${inner},`.repeat(length).slice(0, -1)}]`, "[]");
}
