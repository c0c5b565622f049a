import { withAxisLast } from "../../engine/class_axis.ts";
import { sizeOf } from "../../engine/shapes.ts";
import { nonfinite } from "../../losses/nonfinite.ts";
import type { Fault } from "../../problems.ts";
import { shapeOf } from "../compare/outputs.ts";
import { type Numbers, type OutputName, outputNames, type Sample } from "./sample.ts";
import { schemaFaults } from "./schema_faults.ts";
import { claimSchema, type Submission } from "./task.ts";

const depthMax = 16;

export interface Claims {
  /** The numbers of each case that is claimed. An output that is null or absent is missing. */
  readonly numbers: ReadonlyMap<string, Numbers>;
  /** Outputs that are no numbers of their shape. */
  readonly malformed: readonly Malformed[];
  /** What is wrong with the claims as such: then nothing can be compared. */
  readonly faults: readonly Fault[];
}

export interface Malformed extends Fault {
  readonly case: string;
  readonly output: OutputName;
}

const faultsMax = 10;

/** A submission's claims by case. With `squeeze`, axes of length 1 count for nothing. */
export function readClaims(submission: Submission, samples: readonly Sample[], squeeze = false): Claims {
  const faults: Fault[] = [];
  const malformed: Malformed[] = [];
  const numbers = new Map<string, Numbers>();
  submission.claims.forEach((claim, i) => {
    const at = `/submission/claims/${i}`;
    const own = schemaFaults(claimSchema, claim, at);
    faults.push(...own);
    if (own.length > 0) return;
    const fields = claim as { case: string } & Partial<Record<OutputName, unknown>>;
    const sample = samples.find(({ id }) => id === fields.case);
    if (!sample)
      faults.push({
        pointer: `${at}/case`,
        detail: `is ${JSON.stringify(fields.case.slice(0, 60))}, which is no case of the task`,
      });
    else if (numbers.has(sample.id)) faults.push({ pointer: `${at}/case`, detail: "is claimed twice" });
    else numbers.set(sample.id, readNumbers(fields, sample, at, squeeze, malformed));
  });
  const isEmpty = [...numbers.values()].every((one) => Object.keys(one).length === 0);
  if (isEmpty) faults.push(...malformed.map(({ pointer, detail }) => ({ pointer, detail })));
  return { numbers, malformed, faults: faults.slice(0, faultsMax) };
}

function readNumbers(
  fields: Partial<Record<OutputName, unknown>>,
  sample: Sample,
  at: string,
  squeeze: boolean,
  malformed: Malformed[],
): Numbers {
  const numbers: Partial<Record<OutputName, number | Float64Array>> = {};
  for (const output of outputNames) {
    const value = fields[output];
    if (value === undefined || value === null) continue;
    const flat = flatten(value, shapeOf(output, sample), squeeze);
    if (typeof flat === "string") malformed.push({ case: sample.id, output, pointer: `${at}/${output}`, detail: flat });
    else if (output === "loss") numbers[output] = flat[0]!;
    else numbers[output] = output === "gradients" ? withAxisLast(flat, sample.shape, sample.classAxis) : flat;
  }
  return numbers as Numbers;
}

/** The numbers of a nested or flat array, or what is wrong: a list of as many numbers in another shape is no answer. */
function flatten(value: unknown, shape: readonly number[], squeeze: boolean): Float64Array | string {
  const size = sizeOf(shape);
  const wanted = shape.length === 0 ? "a single number" : `shape [${shape.join(", ")}]`;
  const found = measure(value, 0);
  if (typeof found === "string") return found;
  const flat = Array.isArray(value) ? (value.flat(depthMax) as unknown[]) : [value];
  const dimensions = found.join(", ");
  const squeezed = squeeze && squeezedShape(found) === squeezedShape(shape);
  const matches = dimensions === shape.join(", ") || (found.length <= 1 && flat.length === size) || squeezed;
  if (!matches || flat.length !== size) {
    return `has ${found.length === 0 ? "a single number" : `shape [${dimensions}]`}, but must have ${wanted}`;
  }
  const numbers = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    const entry = flat[i];
    const number = typeof entry === "number" ? entry : nonfinite.get(entry);
    if (number === undefined) return `holds ${kindOf(entry)} among its numbers`;
    numbers[i] = number;
  }
  return numbers;
}

const squeezedShape = (shape: readonly number[]) => shape.filter((length) => length !== 1).join(", ");

/** The lengths of nested arrays, or a sentence where they are ragged. */
function measure(value: unknown, depth: number): number[] | string {
  if (!Array.isArray(value)) return [];
  if (depth >= depthMax) return "is nested too deep";
  const inner = value.map((item) => measure(item, depth + 1));
  const first = inner[0] ?? [];
  for (const one of inner) {
    if (typeof one === "string") return one;
    if (one.length !== first.length || one.some((length, i) => length !== first[i]))
      return "has rows of different lengths";
  }
  return [value.length, ...(first as number[])];
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  return typeof value === "string" ? "a string" : typeof value === "boolean" ? String(value) : "an object";
}
