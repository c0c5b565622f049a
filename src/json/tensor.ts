import type { Tensor } from "../engine/batch.ts";
import type { Engine } from "../engine/engine.ts";
import { ResidentTensor } from "../engine/resident.ts";
import { sizeOf } from "../engine/shapes.ts";
import * as at from "../kernels/text/layout.ts";
import { booleanTensors, type TensorName } from "../losses/schemas/tensor_names.ts";
import { type Fault, faultIn, faultsMax, quoted, show } from "../problems.ts";
import { type Datatype, datatypes, decodeNumbers, findNonBoolean, isDatatype } from "./datatypes.ts";
import { type BodyText, NestedReader } from "./nested.ts";
import type { JsonReader } from "./reader.ts";
import { openBrace, quote } from "./scan.ts";

/** The nested form of a tensor with more axes would be deeper than a body may be. */
const rankMax = 62;

const forms = "nested arrays, {shape, data} or {datatype, shape, b64}";

/** The members of a tensor that came as an object. */
interface Members {
  shape?: unknown;
  datatype?: unknown;
  data?: Tensor | Fault;
  b64?: Bytes | Fault;
}

/** Bytes in the engine's memory. */
interface Bytes {
  readonly address: number;
  readonly length: number;
}

/** Reads a tensor in each of its forms: nested arrays, {shape, data}, {datatype, shape, b64}. */
export class TensorReader {
  readonly #reader: JsonReader;
  readonly #text: BodyText;
  readonly #nested: NestedReader;

  constructor(reader: JsonReader, text: BodyText) {
    this.#reader = reader;
    this.#text = text;
    this.#nested = new NestedReader(reader, text);
  }

  /** What is wrong with the tensor goes to `faults`. Bad grammar is thrown. */
  read(name: TensorName, faults: Fault[]): Tensor | undefined {
    const booleans = (booleanTensors as readonly string[]).includes(name);
    const isObject = this.#reader.peek() === openBrace;
    const tensor = isObject ? this.#object(name, booleans) : this.#nested.read(booleans);
    if (!("pointer" in tensor)) return tensor;
    if (faults.length < faultsMax) faults.push(faultIn(`/${name}`, tensor));
    return undefined;
  }

  #object(name: TensorName, booleans: boolean): Tensor | Fault {
    const found: Members = {};
    let unknown: string | undefined;
    this.#reader.object((key) => {
      if (key === "shape" || key === "datatype") found[key] = this.#reader.value();
      else if (key === "data") found.data = this.#flat(booleans);
      else if (key === "b64") found.b64 = this.#bytes();
      else {
        unknown ??= key;
        this.#reader.skip();
      }
    });
    const keys = Object.keys(found).sort().join(", ");
    if (unknown !== undefined || (keys !== "data, shape" && keys !== "b64, datatype, shape")) {
      const what = unknown === undefined ? `of ${keys || "nothing"}` : `with a field ${quoted(unknown)}`;
      return { pointer: "", detail: `is an object ${what}, but must be ${forms}` };
    }
    const shape = this.#shape(found.shape);
    if ("pointer" in shape) return shape;
    return found.data ? shaped(found.data, shape) : this.#decode(name, booleans, shape, found);
  }

  /** One flat array. */
  #flat(booleans: boolean): Tensor | Fault {
    const tensor = this.#nested.read(booleans, 1);
    if ("pointer" in tensor) return faultIn("/data", tensor);
    if (tensor.shape.length === 1) return tensor;
    return { pointer: "/data", detail: "must be one flat array" };
  }

  #shape(shape: unknown): number[] | Fault {
    const isSize = (size: unknown): size is number => Number.isSafeInteger(size) && (size as number) >= 0;
    if (!Array.isArray(shape) || !shape.every(isSize)) {
      return { pointer: "/shape", detail: `is ${show(shape)}, but must be a list of whole numbers, at least 0` };
    }
    if (shape.length > rankMax) return { pointer: "/shape", detail: `has ${shape.length} axes, more than ${rankMax}` };
    // A tensor with an axis of length 0 has no number, but its nested form has a bracket for each row: rows count here.
    const rows = sizeOf(shape.map((length) => Math.max(length, 1)));
    if (rows > this.#text.elementsMax) this.#text.spend(rows);
    return shape;
  }

  #decode(name: TensorName, booleans: boolean, shape: number[], { datatype, b64 }: Members): Tensor | Fault {
    if (!isDatatype(datatype) || (datatype === "BOOL") !== booleans) {
      const allowed = Object.keys(datatypes).filter((one) => (one === "BOOL") === booleans);
      return { pointer: "/datatype", detail: `is ${show(datatype)}, but must be ${allowed.join(", ")}` };
    }
    if (!b64 || "pointer" in b64) return b64!;
    const count = sizeOf(shape);
    const expected = count * datatypes[datatype].bytes;
    if (b64.length !== expected) {
      const detail = `holds ${b64.length} bytes, but ${datatype} of shape [${shape.join(", ")}] takes ${expected}`;
      return { pointer: "/b64", detail };
    }
    this.#text.spend(count);
    return this.#numbers(name, datatype, shape, b64);
  }

  /** A string of base64 at the reader's position, decoded in the engine's memory. */
  #bytes(): Bytes | Fault {
    const { engine, address } = this.#text;
    if (this.#reader.peek() !== quote) {
      this.#reader.skip();
      return { pointer: "/b64", detail: "must be a string" };
    }
    const start = this.#reader.position + 1;
    const end = this.#reader.findQuote(start);
    const decoded = decodeBase64(engine, address + start, end - start);
    if (typeof decoded === "object") {
      this.#reader.position = end + 1;
      return decoded;
    }
    // Some languages escape the slash.
    const text = Buffer.from(this.#reader.string(), "latin1");
    const copy = engine.claim(text.length + at.READ_SLACK);
    engine.bytes(copy, text.length).set(text);
    const again = decodeBase64(engine, copy, text.length);
    if (typeof again === "object") return again;
    const detail =
      again === text.length
        ? `ends early: it has ${again} characters, no multiple of 4`
        : `is no base64 at character ${again}`;
    return { pointer: "/b64", detail };
  }

  #numbers(name: TensorName, datatype: Datatype, shape: number[], bytes: Bytes): Tensor | Fault {
    const { engine } = this.#text;
    const isInput = name === "logits" || name === "probabilities";
    const float32 = isInput && datatypes[datatype].single;
    if (datatype === (float32 ? "FP32" : "FP64")) return new ResidentTensor(engine, bytes.address, shape, float32);
    const tensor = new ResidentTensor(engine, engine.claim(sizeOf(shape) * (float32 ? 4 : 8)), shape, float32);
    const raw = engine.bytes(bytes.address, bytes.length);
    const odd = datatype === "BOOL" ? findNonBoolean(raw) : -1;
    if (odd >= 0) return { pointer: "/b64", detail: `holds ${raw[odd]} at its byte ${odd}: BOOL is 0 or 1` };
    decodeNumbers(datatype, raw, tensor.data);
    return tensor;
  }
}

/** The bytes, or how many characters are base64 before the first that is none. */
function decodeBase64(engine: Engine, text: number, length: number): Bytes | number {
  const out = engine.claim(Math.ceil(length / 4) * 3 + at.READ_SLACK);
  const good = engine.calls.decode_base64(text, length, out);
  if (good < length || length % 4 !== 0) return good;
  const padding = engine
    .bytes(text + length - Math.min(length, 2), Math.min(length, 2))
    .filter((c) => c === 0x3d).length;
  return { address: out, length: (length / 4) * 3 - padding };
}

/** The numbers of a flat array in their shape. */
function shaped(data: Tensor | Fault, shape: readonly number[]): Tensor | Fault {
  if ("pointer" in data) return data;
  const [count, size] = [data.data.length, sizeOf(shape)];
  if (count === size && data instanceof ResidentTensor) return data.reshaped(shape);
  const detail = `is [${shape.join(", ")}], which is ${size} in all, but data has ${count}`;
  return { pointer: "/shape", detail };
}
