// The short form: `npm run fuzz:numbers` puts ten million numbers through each.
import { expect, test } from "vitest";
import { Random } from "../determinism/random.js";
import {
  checkReading,
  checkSingles,
  checkWriting,
  drawDecimal,
  drawDoubles,
  drawHalfway,
  drawSingles,
  readNumbers,
  writeNumbers,
} from "../harness/number_text.js";

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

test("doubles of random bits are written as String does, and read back to the bit", () => {
  const numbers = drawDoubles(new Random("bits"), 200_000);
  checkWriting(numbers);
  const finite = numbers.filter(Number.isFinite);
  checkReading([...finite].map(String));
});

test("float32 of random bits are written as the shortest text that is theirs", () => {
  checkSingles(drawSingles(new Random("singles"), 200_000));
});

test("every 20,011th float32 is written as the shortest text that is its own", () => {
  const words = Uint32Array.from({ length: Math.floor(2 ** 32 / 20_011) }, (_, i) => i * 20_011);
  checkSingles(new Float32Array(words.buffer));
});

test("decimals of every spelling are read as Number does", () => {
  const random = new Random("decimals");
  checkReading(random.list(200_000, () => drawDecimal(random)));
});

test("middles between doubles, and what is a bit beside them, are read as Number does", () => {
  const random = new Random("middles");
  checkReading(random.list(20_000, () => drawHalfway(random)));
});

test("powers of two and ten, and their neighbours, are written and read", () => {
  const powers = [...range(-1074, 1023).map((k) => 2 ** k), ...range(-323, 308).map((k) => Number(`1e${k}`))];
  const bits = new BigUint64Array(Float64Array.from(powers).buffer);
  const around = BigUint64Array.from([...bits].flatMap((one) => [one - 1n, one, one + 1n]));
  const numbers = new Float64Array(around.buffer);
  checkWriting(numbers);
  checkReading([...numbers].filter(Number.isFinite).map(String));
  checkReading(range(-400, 308).flatMap((k) => [`1e${k}`, `9e${k - 1}`, `1.0e${k}`, `0.1e${k + 1}`, `10E${k - 1}`]));
  checkSingles(Float32Array.from(range(-149, 127), (k) => 2 ** k));
});

test("whole numbers and money are written and read", () => {
  const random = new Random("whole");
  const whole = range(-20_000, 20_000);
  const cents = random.list(20_000, () => random.below(1e9) / 100);
  const large = random.list(20_000, () => Math.floor(random.unit() * 2 ** random.below(70)));
  const numbers = Float64Array.from([...whole, ...cents, ...large]);
  checkWriting(numbers);
  checkReading([...numbers].map(String));
});

const zeros = (count: number) => "0".repeat(count);

test.each([
  ["the least double", "5e-324"],
  ["half of it, to even", "2.4703282292062327e-324"],
  ["half of it in full", "2.470328229206232720882843964341106861825299013071623822127928412503377536351043e-324"],
  ["a bit more than half of it", "2.4703282292062328e-324"],
  ["nothing", `1e-400`],
  ["the greatest subnormal", "2.2250738585072009e-308"],
  ["the text that hung PHP and Java", "2.2250738585072011e-308"],
  ["the least normal", "2.2250738585072014e-308"],
  ["the greatest double", "1.7976931348623157e308"],
  ["what rounds down to it", "1.7976931348623158e308"],
  ["2^53 + 1", "9007199254740993"],
  ["2^53 + 1 and a bit", "9007199254740993.0000000000000000000000000000000000000001"],
  ["2^53 − 1", "9007199254740991"],
  ["2^64", "18446744073709551616"],
  ["20 digits", "12345678901234567890"],
  ["19 digits", "1234567890123456789"],
  ["0.1 + 0.2", "0.30000000000000004"],
  ["Clinger's example", "6929495644600919.5"],
  ["Clinger's other example", "3.7455744005952583e15"],
  ["a hard case of Bigcomp", "1.00000000000000011102230246251565404236316680908203125"],
  ["the same a bit above", "1.00000000000000011102230246251565404236316680908203124"],
  ["a case of David Gay", "8.3881520796721736e-270"],
  ["a tie to even", "4503599627370497.5"],
  ["a tie to even, up", "4503599627370498.5"],
  ["800 digits", `0.${"1234567890".repeat(80)}`],
  ["zeros at the end", `0.5${zeros(780)}`],
  ["zeros at the start", `0.${zeros(300)}12345678901234567`],
  ["zeros that an exponent takes back", `0.${zeros(400)}1e401`],
  ["a whole number of 300 digits", `1${zeros(299)}`],
  ["0 with a huge exponent", "0e999999999999"],
  ["0 of 50 zeros", `-0.${zeros(50)}`],
  ["an exponent of many zeros", `1e-${zeros(50)}5`],
  ["minus zero", "-0"],
  ["a number of each length that a vector ends in", "1234567890.1234567"],
])("%s is read to the bit: %s", (_what, text) => {
  checkReading([text, `-${text.replace("-0", "0")}`.replace("--", "-")]);
});

test("numbers of 1 to 40 digits, with the point at each place, are read to the bit", () => {
  const digits = "9007199254740993123456789012345678901234";
  const texts = range(1, 40).flatMap((count) =>
    range(0, count).map(
      (place) => `${digits.slice(0, place) || "0"}${place < count ? `.${digits.slice(place, count)}` : ""}`,
    ),
  );
  checkReading(texts);
});

test("0 has no sign, and infinities are words", () => {
  expect(writeNumbers(Float64Array.of(-0, 0, Infinity, -Infinity, NaN))).toEqual(
    writeNumbers(Float32Array.of(-0, 0, Infinity, -Infinity, NaN)),
  );
  expect(writeNumbers(Float64Array.of(-0, 0, Infinity, -Infinity, NaN))).toEqual([
    "0",
    "0",
    '"Infinity"',
    '"-Infinity"',
    '"NaN"',
  ]);
  expect([...Array.from(readNumbers(['"Infinity"', '"-Infinity"', '"NaN"', '"\\u0049nfinity"']))]).toEqual([
    Infinity,
    -Infinity,
    NaN,
    Infinity,
  ]);
});

test.each([
  [16777216, "16777216"],
  [0.1, "0.1"],
  [3.4028234663852886e38, "3.4028235e+38"],
  [1e-45, "1e-45"],
  [1.1754943508222875e-38, "1.1754944e-38"],
  [0.000001, "0.000001"],
  [1e-7, "1e-7"],
  [1e21, "1e+21"],
  [8388608.5, "8388608"],
  [3977489.25, "3977489.2"],
])("the float32 %s is written %s", (number, text) => {
  expect(writeNumbers(Float32Array.of(number))).toEqual([text]);
});
