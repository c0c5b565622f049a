import { compareOutput } from "../compare/compare.ts";
import { digitsMin } from "../compare/printing.ts";
import { profiles, type Tolerance } from "../compare/tolerance.ts";
import type { Predicted } from "../diagnosis/predict.ts";
import type { Numbers, OutputName, Sample } from "../task/sample.ts";
import { type Claims, type Marking, passes } from "./marking.ts";

/** How a program prints its numbers, by the name of the tolerance that such claims earn. */
interface Printing {
  readonly name: string;
  readonly print: (value: number) => number;
}

const exact: Printing = { name: "float64", print: (value) => value };
const single: Printing = { name: "float32", print: Math.fround };
/** A number of more digits is not taken for rounded. */
const digitsMax = 12;

const decimals = (digits: number): Printing => ({
  name: `rounded:${digits}`,
  print: (value) => (Number.isFinite(value) ? Number(value.toFixed(digits)) : value),
});
const significant = (digits: number): Printing => ({
  name: `significant:${digits}`,
  print: (value) => (Number.isFinite(value) ? Number(value.toPrecision(digits)) : value),
});

/** The printings that a task takes: few digits first, since they excuse most. */
function printingsOf({ tolerance, minDigits = digitsMin }: Marking): readonly Printing[] {
  const { digits, counts } = tolerance?.rounding ?? {};
  if (tolerance) {
    const rounded =
      digits === undefined ? [] : [counts === "decimals" ? decimals(digits) : significant(Math.max(1, digits))];
    return [exact, single, ...rounded];
  }
  const shown = Array.from({ length: Math.max(0, digitsMax + 1 - minDigits) }, (_, i) => minDigits + i);
  return [exact, single, ...shown.flatMap((digits) => [decimals(digits), significant(digits)])];
}

/**
 * How a submission of these numbers has to be printed so that it passes, by output; undefined where it fails however it is
 * printed.
 */
export function passingPrinting(
  marking: Marking,
  cases: readonly Predicted[],
  claims: Claims,
): Readonly<Record<string, string>> | undefined {
  const { outputs } = marking;
  const named = (printing: Printing) => new Map(outputs.map((output) => [output, printing]));
  const works = (by: ReadonlyMap<OutputName, Printing>) => passes(marking, cases, printed(claims, by));
  const shown = (by: ReadonlyMap<OutputName, Printing>) =>
    Object.fromEntries([...by].map(([output, { name }]) => [output, name]));
  if (works(named(exact))) return shown(named(exact));
  if (works(named(single))) return shown(named(single));
  const printings = printingsOf(marking);
  const own = outputs.map((output) => {
    const alone = rightBut(cases, claims, output);
    return [
      output,
      printings.find((printing) => passes(marking, cases, printed(alone, new Map([[output, printing]])))),
    ];
  });
  if (own.some(([, printing]) => printing === undefined)) return undefined;
  const each = new Map(own as [OutputName, Printing][]);
  return works(each) ? shown(each) : undefined;
}

function printed(claims: Claims, by: ReadonlyMap<OutputName, Printing>): Claims {
  return new Map([...claims].map(([id, numbers]) => [id, printedNumbers(numbers, by)]));
}

function printedNumbers(numbers: Numbers, by: ReadonlyMap<OutputName, Printing>): Numbers {
  const entries = Object.entries(numbers).map(([output, value]: [string, number | Float64Array]) => {
    const { print } = by.get(output as OutputName) ?? exact;
    return [output, typeof value === "number" ? print(value) : value.map(print)];
  });
  return Object.fromEntries(entries) as Numbers;
}

/** The same claims with every output right but this one. */
function rightBut(cases: readonly Predicted[], claims: Claims, output: OutputName): Claims {
  return new Map(
    cases.map(({ sample }) => {
      const own = claims.get(sample.id)!;
      const right = Object.keys(own).map((name) => [name, sample.right[name as OutputName]]);
      return [sample.id, { ...Object.fromEntries(right), [output]: own[output] } as Numbers];
    }),
  );
}

/**
 * A first look, which spares most submissions all others: whether any printing could make up for what is wrong in the
 * numbers that are claimed for a case.
 */
export function isNear(
  { outputs, tolerance, minDigits = digitsMin }: Marking,
  sample: Sample,
  numbers: Numbers,
): boolean {
  const float32 = profiles["float32"]!;
  const own = tolerance ?? profiles["float64"]!;
  const unit = 3 * 10 ** (1 - minDigits);
  const loose: Tolerance = {
    profile: "loose",
    relative: tolerance ? 2 * own.relative + 1e-6 : Math.max(unit, float32.relative) + 1e-6,
    absolute: 2 * own.absolute + float32.absolute,
    rounding: { digits: own.rounding?.digits ?? minDigits, counts: own.rounding?.counts ?? "decimals", units: 3 },
  };
  return outputs.every((output) => compareOutput(sample, numbers, output, loose).verdict === "pass");
}
