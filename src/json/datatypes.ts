import { copyBytes } from "../engine/copy.ts";

/** The numbers of one datatype as they lie in memory: aligned, little-endian. */
type Reader = (buffer: ArrayBuffer, count: number) => ArrayLike<number>;

interface Layout {
  /** Of one number. */
  readonly bytes: number;
  /** Whether a float32 holds each of its numbers, and answers go back as float32. */
  readonly single: boolean;
  readonly read: Reader;
}

/** The tensor datatypes by the names of the Open Inference Protocol. BOOL is a byte that is 0 or 1. */
export const datatypes = {
  BOOL: { bytes: 1, single: false, read: (buffer, count) => new Uint8Array(buffer, 0, count) },
  UINT8: { bytes: 1, single: false, read: (buffer, count) => new Uint8Array(buffer, 0, count) },
  UINT16: { bytes: 2, single: false, read: (buffer, count) => new Uint16Array(buffer, 0, count) },
  UINT32: { bytes: 4, single: false, read: (buffer, count) => new Uint32Array(buffer, 0, count) },
  UINT64: {
    bytes: 8,
    single: false,
    read: (buffer, count) => joinWords(buffer, new Uint32Array(buffer, 0, 2 * count)),
  },
  INT8: { bytes: 1, single: false, read: (buffer, count) => new Int8Array(buffer, 0, count) },
  INT16: { bytes: 2, single: false, read: (buffer, count) => new Int16Array(buffer, 0, count) },
  INT32: { bytes: 4, single: false, read: (buffer, count) => new Int32Array(buffer, 0, count) },
  INT64: { bytes: 8, single: false, read: (buffer, count) => joinWords(buffer, new Int32Array(buffer, 0, 2 * count)) },
  FP16: { bytes: 2, single: true, read: (buffer, count) => widenHalves(new Uint16Array(buffer, 0, count)) },
  BF16: { bytes: 2, single: true, read: (buffer, count) => widenBrains(new Uint16Array(buffer, 0, count)) },
  FP32: { bytes: 4, single: true, read: (buffer, count) => new Float32Array(buffer, 0, count) },
  FP64: { bytes: 8, single: false, read: (buffer, count) => new Float64Array(buffer, 0, count) },
} as const satisfies Record<string, Layout>;

export type Datatype = keyof typeof datatypes;

/** What answers are written in. */
export type AnswerDatatype = "FP32" | "FP64";

/** So many numbers are converted at once: what is in between stays in the cache. */
const pieceNumbers = 8192;

export function isDatatype(name: unknown): name is Datatype {
  return typeof name === "string" && Object.hasOwn(datatypes, name);
}

/** FP32 for an input of FP32, FP16 or BF16; FP64 for every other. */
export function answerDatatype(input: Datatype): AnswerDatatype {
  return datatypes[input].single ? "FP32" : "FP64";
}

/**
 * Decodes out.length numbers from little-endian bytes (at any address, in shared memory too), which are
 * out.length × datatypes[datatype].bytes. Into a Float64Array every datatype goes exactly, but for 64-bit integers beyond
 * 2⁵³, which are rounded to the nearest double; into a Float32Array FP32, FP16 and BF16 do.
 */
export function decodeNumbers(datatype: Datatype, bytes: Uint8Array, out: Float64Array | Float32Array): void {
  const { bytes: width, read } = datatypes[datatype];
  if (bytes.length !== out.length * width) throw new RangeError(`${bytes.length} bytes for ${out.length} ${datatype}`);
  if (width === out.BYTES_PER_ELEMENT && (datatype === "FP64" || datatype === "FP32")) {
    copyBytes(bytes, new Uint8Array(out.buffer, out.byteOffset, out.byteLength));
    return;
  }
  const piece = new Uint8Array(Math.min(out.length, pieceNumbers) * width);
  for (let at = 0; at < out.length; at += pieceNumbers) {
    const count = Math.min(out.length - at, pieceNumbers);
    copyBytes(bytes.subarray(at * width, (at + count) * width), piece);
    out.set(read(piece.buffer, count), at);
  }
}

/** The little-endian bytes of an answer: a view, no copy. */
export function encodeNumbers(numbers: Float64Array | Float32Array): Uint8Array {
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}

/** The index of the first byte that is neither 0 nor 1; −1 if there is none. */
export function findNonBoolean(bytes: Uint8Array): number {
  return bytes.findIndex((byte) => byte > 1);
}

/** 64-bit integers from their low and high words; `high` is signed or not as the integers are. One rounding each. */
function joinWords(buffer: ArrayBuffer, high: Int32Array | Uint32Array): Float64Array {
  const low = new Uint32Array(buffer, 0, high.length);
  const joined = new Float64Array(high.length / 2);
  for (let i = 0; i < joined.length; i++) joined[i] = high[2 * i + 1]! * 4294967296 + low[2 * i]!;
  return joined;
}

/** bfloat16 is the upper half of a float32. */
function widenBrains(halves: Uint16Array): Float32Array {
  const bits = new Uint32Array(halves.length);
  for (let i = 0; i < halves.length; i++) bits[i] = halves[i]! << 16;
  return new Float32Array(bits.buffer);
}

/** float16: 1 sign, 5 exponent and 10 fraction bits. */
function widenHalves(halves: Uint16Array): Float32Array {
  const bits = new Uint32Array(halves.length);
  for (let i = 0; i < halves.length; i++) bits[i] = widenHalf(halves[i]!);
  return new Float32Array(bits.buffer);
}

/** The bits of the float32 that equals a float16. */
function widenHalf(half: number): number {
  const sign = (half & 0x8000) << 16;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0x1f) return sign | 0x7f800000 | (fraction << 13);
  if (exponent > 0) return sign | ((exponent + 112) << 23) | (fraction << 13);
  if (fraction === 0) return sign;
  // A subnormal float16 is a normal float32: its leading bit moves out of the fraction.
  const shift = Math.clz32(fraction) - 21;
  return sign | ((113 - shift) << 23) | (((fraction << shift) & 0x3ff) << 13);
}
