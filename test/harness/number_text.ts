// The service's number text, both ways, beside that of JavaScript: Number(text) and String(number) are exact and shortest.
import { Engine } from "#lossd/engine/engine.js";
import { BodyText, NestedReader } from "#lossd/json/nested.js";
import { JsonReader } from "#lossd/json/reader.js";
import { JsonWriter } from "#lossd/json/writer.js";
import type { Random } from "../determinism/random.ts";

const engine = Engine.load();
const bytesOf = (text: string) => new TextEncoder().encode(text);

/** The numbers of JSON number texts, as the service reads a tensor of them. */
export function readNumbers(texts: readonly string[]): ArrayLike<number> {
  engine.reset();
  const body = bytesOf(`[${texts.join(",")}]`);
  const tensor = new NestedReader(new JsonReader(body), new BodyText(engine, body, texts.length)).read(false);
  if ("pointer" in tensor) throw new Error(`${tensor.pointer}: ${tensor.detail}`);
  return tensor.data;
}

/** The texts of numbers, as the service writes a tensor of them. */
export function writeNumbers(numbers: Float64Array | Float32Array): string[] {
  engine.reset();
  const tensor = engine.storeInput({ shape: [numbers.length], data: numbers });
  const writer = new JsonWriter(engine, { nonfinite: "string", encoding: "nested", datatype: "FP64" });
  writer.tensor("", tensor);
  return Buffer.from(writer.bytes()).toString("latin1").slice(4, -1).split(",");
}

/** An Error for the first text that is not read as Number reads it. */
export function checkReading(texts: readonly string[]): void {
  const numbers = readNumbers(texts);
  if (numbers.length !== texts.length) throw new Error(`${texts.length} texts, but ${numbers.length} numbers`);
  const wrong = texts.findIndex((text, i) => !Object.is(Number(text), numbers[i]));
  if (wrong >= 0) throw new Error(`${texts[wrong]} is read as ${numbers[wrong]}`);
}

/** An Error for the first number that is not written as String writes it. */
export function checkWriting(numbers: Float64Array): void {
  const texts = writeNumbers(numbers);
  const wrong = numbers.findIndex(
    (number, i) => texts[i] !== (Number.isFinite(number) ? String(number) : `"${number}"`),
  );
  if (wrong >= 0 || texts.length !== numbers.length) throw new Error(`${numbers[wrong]} is written as ${texts[wrong]}`);
}

/** An Error for the first float32 whose text is not the shortest, not the closest of those, or not in String's form. */
export function checkSingles(numbers: Float32Array): void {
  const texts = writeNumbers(numbers);
  numbers.forEach((number, i) => {
    const text = texts[i]!;
    if (!Number.isFinite(number)) {
      if (text !== `"${number}"`) throw new Error(`${number} is written as ${text}`);
      return;
    }
    const value = Number(text);
    const digits = (text.replace(/e.*/, "").replace(/[-.]/g, "").replace(/^0+/, "").replace(/0+$/, "") || "0").length;
    const isOwn = Math.fround(value) === number && text === String(value);
    // Below a power of two the interval is half as wide: the closest text of that length may not be in it. Of two equally
    // close ones either will do here.
    const closest = Number(number.toPrecision(digits));
    const isFarther =
      Math.abs(value - number) > 1.000001 * Math.abs(closest - number) && Math.fround(closest) === number;
    if (!isOwn || isFarther || hasShorter(number, digits)) {
      throw new Error(`the float32 ${number} is written as ${text}`);
    }
  });
}

/** Whether a decimal of fewer digits has this float32 as its nearest one: one of the two around it would. */
function hasShorter(number: number, digits: number): boolean {
  if (digits === 1) return false;
  const nearest = Number(number.toPrecision(digits - 1));
  const unit = 10 ** (Math.floor(Math.log10(Math.abs(number))) - digits + 2);
  return [nearest, nearest - unit, nearest + unit].some(
    (one) => Math.fround(Number(one.toPrecision(digits - 1))) === number,
  );
}

/** Doubles of any bits, infinities and NaN among them. */
export function drawDoubles(random: Random, count: number): Float64Array {
  const words = Uint32Array.from({ length: 2 * count }, () => random.bits());
  return new Float64Array(words.buffer);
}

export function drawSingles(random: Random, count: number): Float32Array {
  return new Float32Array(Uint32Array.from({ length: count }, () => random.bits()).buffer);
}

/** Decimals of up to 30 digits around all of the doubles, in every spelling that JSON has. */
export function drawDecimal(random: Random): string {
  const digits = (count: number) => random.list(count, () => random.below(10)).join("");
  const whole = random.once(3) ? "0" : `${1 + random.below(9)}${digits(random.below(random.once(5) ? 24 : 4))}`;
  const part = random.once(4)
    ? ""
    : `.${"0".repeat(random.once(5) ? random.below(20) : 0)}${digits(1 + random.below(24))}`;
  const power = random.once(2) ? "" : `${random.pick(["e", "E", "e+", "e-", "E-"])}${random.below(281)}`;
  return `${random.pick(["", "-"])}${whole}${part}${power}`;
}

/** The middle between two doubles to its last digit, which decides by "even"; or a bit beside it; or cut after 17 digits. */
export function drawHalfway(random: Random): string {
  const exponent = random.below(2046);
  const fraction = (BigInt(random.below(2 ** 20)) << 32n) | BigInt(random.bits());
  const odd = 2n * (exponent === 0 ? fraction : fraction | (1n << 52n)) + 1n;
  const power = Math.max(exponent, 1) - 1076;
  const digits = String(power >= 0 ? odd << BigInt(power) : odd * 5n ** BigInt(-power));
  const scale = Math.min(power, 0);
  const kept = random.pick([17, 18, 19, 20, digits.length, digits.length, digits.length]);
  if (kept < digits.length) return `${digits.slice(0, kept)}e${scale + digits.length - kept}`;
  const beside = random.pick([0n, 1n, -1n]);
  return `${BigInt(digits) + beside}e${scale}`;
}
