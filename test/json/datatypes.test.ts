import { expect, test } from "vitest";
import {
  answerDatatype,
  type Datatype,
  datatypes,
  decodeNumbers,
  encodeNumbers,
  findNonBoolean,
  isDatatype,
} from "#lossd/json/datatypes.js";

/** Little-endian bytes at an odd address of shared memory: where a frame's payload may lie. */
function misaligned(bytes: Uint8Array): Uint8Array {
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length + 3), 3);
  shared.set(bytes);
  return shared;
}

const bytesOf = (view: ArrayBufferView) => new Uint8Array(view.buffer, view.byteOffset, view.byteLength);

function decode(datatype: Datatype, bytes: Uint8Array): number[] {
  const out = new Float64Array(bytes.length / datatypes[datatype].bytes);
  decodeNumbers(datatype, misaligned(bytes), out);
  return [...out];
}

const rows: readonly (readonly [Datatype, ArrayBufferView, readonly number[]])[] = [
  ["BOOL", Uint8Array.of(0, 1), [0, 1]],
  ["UINT8", Uint8Array.of(0, 255), [0, 255]],
  ["UINT16", Uint16Array.of(1, 65535), [1, 65535]],
  ["UINT32", Uint32Array.of(1, 4294967295), [1, 4294967295]],
  ["UINT64", BigUint64Array.of(1n, 2n ** 53n - 1n, 2n ** 53n + 1n, 2n ** 64n - 1n), [1, 2 ** 53 - 1, 2 ** 53, 2 ** 64]],
  ["INT8", Int8Array.of(-128, 127), [-128, 127]],
  ["INT16", Int16Array.of(-32768, 5), [-32768, 5]],
  ["INT32", Int32Array.of(-2147483648, 5), [-2147483648, 5]],
  ["INT64", BigInt64Array.of(-1n, -100n, -(2n ** 53n) - 1n, 2n ** 63n - 1n), [-1, -100, -(2 ** 53), 2 ** 63]],
  [
    "FP16",
    Uint16Array.of(0x3c00, 0x8000, 0x0001, 0x03ff, 0x0400, 0x7bff, 0x7c00, 0xfc00, 0x7e00, 0x3555),
    [1, -0, 2 ** -24, 1023 * 2 ** -24, 2 ** -14, 65504, Infinity, -Infinity, NaN, 1365 / 4096],
  ],
  ["BF16", Uint16Array.of(0x3f80, 0xbf80, 0x0001, 0x7f80, 0x7fc0), [1, -1, 2 ** -133, Infinity, NaN]],
  ["FP32", Float32Array.of(0.1, -0, 1e-45, Infinity), [Math.fround(0.1), -0, 2 ** -149, Infinity]],
  ["FP64", Float64Array.of(0.1, -0, 5e-324, -Infinity, NaN), [0.1, -0, 5e-324, -Infinity, NaN]],
];

test("every datatype has a row below", () => {
  expect(rows.map(([datatype]) => datatype).sort()).toEqual(Object.keys(datatypes).sort());
});

test.each(rows)("%s is decoded to the number that it is, wherever it lies", (datatype, view, numbers) => {
  expect(decode(datatype, bytesOf(view))).toEqual(numbers);
});

test.each(rows)("%s is decoded alike in pieces", (datatype, view, numbers) => {
  const times = 5000;
  const bytes = new Uint8Array(view.byteLength * times);
  for (let i = 0; i < times; i++) bytes.set(bytesOf(view), i * view.byteLength);
  const decoded = decode(datatype, bytes);
  expect(decoded).toHaveLength(numbers.length * times);
  expect(decoded.every((value, i) => Object.is(value, numbers[i % numbers.length]))).toBe(true);
});

test("every float16 is the number that its bits say", () => {
  const halves = Uint16Array.from({ length: 65536 }, (_, i) => i);
  const out = new Float32Array(65536);
  decodeNumbers("FP16", bytesOf(halves), out);
  for (const half of halves) {
    const [exponent, fraction] = [(half >> 10) & 31, half & 1023];
    const size =
      exponent === 31
        ? fraction === 0
          ? Infinity
          : NaN
        : exponent === 0
          ? fraction * 2 ** -24
          : (1 + fraction / 1024) * 2 ** (exponent - 15);
    expect(Object.is(out[half], half & 0x8000 ? -size : size), half.toString(16)).toBe(true);
  }
});

test("what a float32 holds stays float32, and everything else is answered in float64", () => {
  const single = (Object.keys(datatypes) as Datatype[]).filter((datatype) => answerDatatype(datatype) === "FP32");
  expect(single.sort()).toEqual(["BF16", "FP16", "FP32"]);
});

test("numbers are encoded as the bytes that decode to them", () => {
  for (const [datatype, numbers] of [
    ["FP32", Float32Array.of(1, -2.5)],
    ["FP64", Float64Array.of(1, -2.5)],
  ] as const) {
    expect(decode(datatype, encodeNumbers(numbers))).toEqual([1, -2.5]);
  }
});

test("bytes of another length than the numbers take are refused, and a byte that is no boolean is found", () => {
  expect(() => decodeNumbers("FP32", new Uint8Array(7), new Float32Array(2))).toThrow(RangeError);
  expect([findNonBoolean(Uint8Array.of(0, 1, 2)), findNonBoolean(Uint8Array.of(1, 0))]).toEqual([2, -1]);
  expect([isDatatype("FP32"), isDatatype("BYTES"), isDatatype("toString"), isDatatype(1)]).toEqual([
    true,
    false,
    false,
    false,
  ]);
});
