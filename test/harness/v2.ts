// A client of the Open Inference Protocol, made from the protocol's text alone: what it sends and how it reads.
import type { Datatype } from "#lossd/json/datatypes.js";

export type Value = number | boolean | string | null;

export interface Input {
  readonly name: string;
  readonly datatype: Datatype;
  readonly shape: readonly number[];
  /** Flat, unless it is JSON as it stands. */
  readonly data: readonly unknown[];
  readonly binary?: boolean;
  readonly parameters?: object;
}

export interface Call {
  readonly inputs: readonly Input[];
  readonly outputs?: readonly (string | object)[];
  readonly parameters?: object;
  readonly id?: string;
  readonly extra?: object;
}

export interface Message {
  readonly body: Buffer;
  /** Undefined where nothing is binary. */
  readonly jsonLength: number | undefined;
}

const writers: Record<Datatype, [bytes: number, write: (view: DataView, at: number, value: number) => void]> = {
  BOOL: [1, (view, at, value) => view.setUint8(at, value)],
  UINT8: [1, (view, at, value) => view.setUint8(at, value)],
  UINT16: [2, (view, at, value) => view.setUint16(at, value, true)],
  UINT32: [4, (view, at, value) => view.setUint32(at, value, true)],
  UINT64: [8, (view, at, value) => view.setBigUint64(at, BigInt(value), true)],
  INT8: [1, (view, at, value) => view.setInt8(at, value)],
  INT16: [2, (view, at, value) => view.setInt16(at, value, true)],
  INT32: [4, (view, at, value) => view.setInt32(at, value, true)],
  INT64: [8, (view, at, value) => view.setBigInt64(at, BigInt(value), true)],
  // Half precision is given as bits.
  FP16: [2, (view, at, value) => view.setUint16(at, value, true)],
  BF16: [2, (view, at, value) => view.setUint16(at, value, true)],
  FP32: [4, (view, at, value) => view.setFloat32(at, value, true)],
  FP64: [8, (view, at, value) => view.setFloat64(at, value, true)],
};

export function bytesOf(datatype: Datatype, values: readonly unknown[]): Buffer {
  const [width, write] = writers[datatype];
  const view = new DataView(new ArrayBuffer(values.length * width));
  for (const [i, value] of values.entries()) write(view, i * width, Number(value));
  return Buffer.from(view.buffer);
}

/** JSON as Python's writes it: with the bare tokens NaN, Infinity and -Infinity. */
function toJson(value: unknown): string {
  const token = (_: string, item: unknown) =>
    typeof item === "number" && !Number.isFinite(item) ? `\u0000${item}\u0000` : item;
  return JSON.stringify(value, token).replaceAll(/"\\u0000(-?\w+)\\u0000"/g, "$1");
}

export function message({ inputs, outputs, parameters, id, extra }: Call): Message {
  const blobs: Buffer[] = [];
  const announced = inputs.map(({ data, binary, parameters, ...head }) => {
    if (!binary) return { ...head, ...(parameters && { parameters }), data };
    const blob = bytesOf(head.datatype, data);
    blobs.push(blob);
    return { ...head, parameters: { binary_data_size: blob.length, ...parameters } };
  });
  const listed = outputs?.map((output) => (typeof output === "string" ? { name: output } : output));
  const json = Buffer.from(
    toJson({ id, ...extra, inputs: announced, ...(listed && { outputs: listed }), ...(parameters && { parameters }) }),
  );
  const isBinary = inputs.some(({ binary }) => binary);
  return { body: Buffer.concat([json, ...blobs]), jsonLength: isBinary ? json.length : undefined };
}

export interface Output {
  readonly name: string;
  readonly datatype: "FP64" | "FP32";
  readonly shape: readonly number[];
  readonly data: readonly number[];
  readonly parameters?: Readonly<Record<string, unknown>>;
}

export interface Reply {
  readonly model_name: string;
  readonly model_version: string;
  readonly id?: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly outputs: readonly Output[];
}

interface WireOutput extends Omit<Output, "data"> {
  readonly data?: readonly (number | string | null)[];
}

/** Reads a reply; an Error if it has a byte too many or too few, or an output neither data nor a blob. */
export function readReply(bytes: Uint8Array, jsonLength = bytes.length): Reply {
  const reply = JSON.parse(Buffer.from(bytes.subarray(0, jsonLength)).toString()) as Reply & { outputs: WireOutput[] };
  let at = jsonLength;
  const outputs = reply.outputs.map((output: WireOutput): Output => {
    const size = output.shape.reduce((product, length) => product * length, 1);
    const width = output.datatype === "FP32" ? 4 : 8;
    const blobBytes = output.parameters?.["binary_data_size"];
    if (output.data ? output.data.length !== size : blobBytes !== size * width) {
      throw new Error(`${output.name} does not have the ${size} numbers of its shape`);
    }
    if (output.data)
      return { ...output, data: output.data.map((value) => (value === null ? Number.NaN : Number(value))) };
    const view = new DataView(bytes.buffer, bytes.byteOffset + at, size * width);
    at += size * width;
    const read = (i: number) => (width === 4 ? view.getFloat32(4 * i, true) : view.getFloat64(8 * i, true));
    return { ...output, data: Array.from({ length: size }, (_, i) => read(i)) };
  });
  if (at !== bytes.length) throw new Error(`${bytes.length - at} bytes follow the last output`);
  return { ...reply, outputs };
}
