// The codec's functions in guarded memory: whatever text they are given, they write their records and buffers only, and
// what they find in a text that JSON.parse takes is what JSON.parse finds.
import * as at from "#lossd/kernels/text/layout.js";
import type { Random } from "../determinism/random.ts";
import type { Call, GuardedMemory } from "./guarded_memory.ts";

type Round = () => number;
type Plan = (memory: GuardedMemory, call: Call, random: Random) => Round;

const bytesOf = (text: string) => Uint8Array.from(text, (c) => c.charCodeAt(0));

/** Fields as the bytes of a record. */
function record(bytes: number, fields: Readonly<Record<number, number>>): Uint8Array {
  const words = new Uint32Array(bytes / 4);
  for (const [offset, value] of Object.entries(fields)) words[Number(offset) / 4] = value;
  return new Uint8Array(words.buffer);
}

function drawNumber(random: Random): string {
  const digits = (count: number) => random.list(count, () => random.below(10)).join("");
  const sign = random.pick(["", "-"]);
  const whole = random.once(2) ? "0" : `${1 + random.below(9)}${digits(random.below(random.once(4) ? 22 : 4))}`;
  const part = random.once(3) ? "" : `.${digits(1 + random.below(random.once(4) ? 40 : 18))}`;
  const power = random.once(3) ? `${random.pick(["e", "E"])}${random.pick(["", "+", "-"])}${random.below(400)}` : "";
  return sign + whole + part + power;
}

/** Nested arrays of one shape, with white space and words, and at times one character changed. */
function drawText(random: Random): string {
  const space = () => random.pick(["", "", "", " ", "\n", "\t ", " ".repeat(random.below(40))]);
  const value = () =>
    random.pick([drawNumber(random), drawNumber(random), '"Infinity"', '"-Infinity"', '"NaN"', "true"]);
  const nest = (shape: readonly number[]): string =>
    shape.length === 0
      ? value()
      : `[${space()}${random.list(shape[0]!, () => nest(shape.slice(1))).join(`${space()},${space()}`)}${space()}]`;
  const text = space() + nest(random.list(random.below(4), () => random.below(5)));
  if (!random.once(3) || text.length === 0) return text;
  const place = random.below(text.length);
  return text.slice(0, place) + random.pick([...'[],0.e-"x\0 ']) + text.slice(place + random.below(2));
}

function readRecord(text: number, out: number, room: number, booleans: boolean): Uint8Array {
  const shape = Array.from({ length: at.LEVELS }, (_, level) => [at.READ_SHAPE + 4 * level, at.UNKNOWN] as const);
  return record(at.READ_BYTES, {
    ...Object.fromEntries(shape),
    [at.READ_POSITION]: text,
    [at.READ_OUT]: out,
    [at.READ_OUT_END]: out + 8 * room,
    [at.READ_DEPTH_MAX]: 3,
    [at.READ_RANK]: at.UNKNOWN,
    [at.READ_BOOLEANS]: booleans ? 1 : 0,
  });
}

/** What a text of numbers holds, flat; undefined if it is none. */
function parsed(text: string): number[] | undefined {
  try {
    const value = JSON.parse(text.replaceAll(/"(-?)Infinity"/g, "$11e999").replaceAll('"NaN"', "null"));
    const flat = [value].flat(3);
    return flat.every((one) => typeof one === "number" || one === null)
      ? flat.map((one) => one ?? Number.NaN)
      : undefined;
  } catch {
    return undefined;
  }
}

const readTensor: Plan = (memory, call, random) => () => {
  memory.clear();
  const text = drawText(random);
  const room = random.once(4) ? random.below(4) : 200;
  const address = memory.place(bytesOf(text + "\0".repeat(at.READ_SLACK)), 2);
  const out = memory.allocate(8 * room, 1);
  const fields = memory.place(readRecord(address, out, room, random.once(8)), 2);
  memory.allow(out, 8 * room);
  memory.allow(fields, at.READ_BYTES);
  const found = call(fields);
  const word = (field: number) => memory.word(fields + field);
  if (word(at.READ_POSITION) > address + text.length) throw new Error(`read beyond ${JSON.stringify(text)}`);
  const numbers = [...memory.numbers(out, (word(at.READ_OUT) - out) / 8)];
  if (found === at.READ_DONE && word(at.READ_BOOLEANS) === 0) {
    const wanted = parsed(text.slice(0, word(at.READ_POSITION) - address));
    const same = wanted?.length === numbers.length && wanted.every((value, i) => Object.is(value, numbers[i]));
    if (!same) throw new Error(`${JSON.stringify(text)} is ${wanted}, and not ${numbers}`);
  }
  return Math.max(numbers.length, 1);
};

function drawDouble(random: Random): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setUint32(0, random.below(2 ** 32));
  view.setUint32(4, random.below(2 ** 32));
  return random.once(2) ? view.getFloat64(0) : random.pick([0, -0, 1, 0.5, 5e-324, 123456, -1e21, 2 ** -1022]);
}

/** What String says, with the words for what is no JSON number. */
const written = (value: number) => (Number.isFinite(value) ? String(value) : `"${value}"`);

const writeTensor: Plan = (memory, call, random) => () => {
  memory.clear();
  const shape = random.list(random.below(4), () => 1 + random.below(4));
  const count = shape.reduce((product, length) => product * length, 1);
  const single = random.once(2);
  const doubles = random.list(count, () => drawDouble(random));
  const values = single ? Float32Array.from(doubles) : Float64Array.from(doubles);
  const data = memory.place(values, 1);
  const fields = memory.place(
    record(at.WRITE_BYTES, {
      ...Object.fromEntries(shape.map((length, axis) => [at.WRITE_SHAPE + 4 * axis, length])),
      [at.WRITE_DATA]: data,
      [at.WRITE_SINGLE]: single ? 1 : 0,
      [at.WRITE_TO]: count,
      [at.WRITE_RANK]: shape.length,
    }),
    2,
  );
  const room = count * (at.WRITE_NUMBER_MAX + 2 * shape.length) + at.WRITE_SLACK;
  const out = memory.allocate(room, 1);
  memory.allow(out, room);
  const end = call(fields, out);
  const text = memory.text(out, end - out);
  const rows = JSON.parse(shape.length === 0 ? text.slice(0, -1) : `[${text.slice(0, -1)}]`);
  const leaves = [rows].flat(3) as unknown[];
  const wanted = [...values].map((value) => (Number.isFinite(value) ? value + 0 : String(value)));
  const back = leaves.map((leaf) => (single && typeof leaf === "number" ? Math.fround(leaf) : leaf));
  if (wanted.some((value, i) => !Object.is(value, back[i]))) throw new Error(`${wanted} is written as ${text}`);
  if (!single && text.replaceAll(/[[\]]/g, "") !== `${[...values].map(written)},`)
    throw new Error(`${text} is not the shortest`);
  return count;
};

const countByte: Plan = (memory, call, random) => () => {
  memory.clear();
  const bytes = Uint8Array.from(random.list(random.below(100), () => random.below(4)));
  const wanted = random.below(4);
  const found = call(memory.place(bytes, random.below(3)), bytes.length, wanted);
  if (found !== bytes.filter((byte) => byte === wanted).length) throw new Error(`${found} times ${wanted} in ${bytes}`);
  return bytes.length + 1;
};

const base64 = (memory: GuardedMemory, _call: Call, random: Random): Round => {
  const [encode, decode] = ["encode_base64", "decode_base64"].map((name) => memory.calls.get(name)!);
  return () => {
    memory.clear();
    const bytes = Uint8Array.from(random.list(random.below(100), () => random.below(256)));
    const data = memory.place(bytes, 3);
    const room = Math.ceil(bytes.length / 3) * 4 + 16;
    const out = memory.allocate(room, 3);
    memory.allow(out, room);
    const text = memory.text(out, encode!(data, bytes.length, out) - out);
    if (text !== Buffer.from(bytes).toString("base64")) throw new Error(`${bytes} is encoded as ${text}`);
    const place = random.below(text.length + 1);
    const wrong = random.once(2) && place < text.length - 2;
    const given = wrong ? `${text.slice(0, place)}${random.pick([..."!=\\\0é"])}${text.slice(place + 1)}` : text;
    const back = memory.allocate(room, 3);
    const source = memory.place(bytesOf(given), 3);
    memory.allow(back, room);
    const good = decode!(source, given.length, back);
    if (good !== (wrong ? place : text.length)) throw new Error(`${given} is base64 up to ${good}`);
    if (!wrong && Buffer.compare(memory.copy(back, bytes.length), bytes) !== 0)
      throw new Error(`${text} is decoded wrong`);
    return bytes.length + 1;
  };
};

export const codecPlans: Readonly<Record<string, Plan>> = {
  read_tensor: readTensor,
  write_tensor: writeTensor,
  count_byte: countByte,
  encode_base64: base64,
  decode_base64: base64,
};
