import { type Static, Type } from "typebox";
import { type Fault, Problem } from "../../problems.ts";
import { schemaFaults } from "../task/schema_faults.ts";

/** What a metric has to be. At least one bound is needed. */
export const gatesSchema = Type.Array(
  Type.Object(
    {
      metric: Type.String({ minLength: 1 }),
      min: Type.Optional(Type.Number()),
      max: Type.Optional(Type.Number()),
      level: Type.Optional(Type.Enum(["fail", "warn"], { default: "fail" })),
    },
    { additionalProperties: false },
  ),
  { minItems: 1, maxItems: 1000 },
);

export interface GateResult {
  readonly metric: string;
  readonly level: "fail" | "warn";
  readonly ok: boolean;
  /** As it was given; absent where there is none. */
  readonly value?: number | string;
  readonly detail: string;
}

const named: Readonly<Record<string, number>> = {
  Infinity: Number.POSITIVE_INFINITY,
  "-Infinity": Number.NEGATIVE_INFINITY,
};

/**
 * Holds metrics against gates: each gate gives one result, in their order. It fails closed: a metric that is missing, NaN
 * or no number does not pass. Throws a Problem (invalid_request) for gates that say nothing.
 */
export function holdGates(metrics: Readonly<Record<string, unknown>>, value: unknown): GateResult[] {
  const faults: Fault[] = schemaFaults(gatesSchema, value, "");
  if (faults.length > 0) throw Problem.of(faults);
  const gates = value as Static<typeof gatesSchema>;
  for (const [i, { min, max }] of gates.entries()) {
    if (min === undefined && max === undefined) faults.push({ pointer: `/${i}`, detail: "has neither min nor max" });
    if (min !== undefined && max !== undefined && min > max)
      faults.push({ pointer: `/${i}`, detail: `has min ${min} above max ${max}` });
  }
  if (faults.length > 0) throw Problem.of(faults);
  return gates.map(({ metric, min, max, level = "fail" }) => {
    const given = Object.hasOwn(metrics, metric) ? metrics[metric] : undefined;
    const number = typeof given === "string" && Object.hasOwn(named, given) ? named[given] : given;
    const head = { metric, level: level as "fail" | "warn" };
    if (given === undefined || given === null) return { ...head, ok: false, detail: "is missing" };
    if (typeof number !== "number" || Number.isNaN(number)) {
      return { ...head, ok: false, value: String(given).slice(0, 60), detail: "is not a number" };
    }
    const shown = { ...head, value: typeof given === "number" ? given : String(given) };
    if (min !== undefined && number < min) return { ...shown, ok: false, detail: `is ${number}, below ${min}` };
    if (max !== undefined && number > max) return { ...shown, ok: false, detail: `is ${number}, above ${max}` };
    return { ...shown, ok: true, detail: `is ${number}` };
  });
}
