import { isUtf8 } from "node:buffer";
import type { TSchema } from "typebox";
import { Value } from "typebox/value";
import { type Batch, booleanTensors, type Options, type TensorName, type Tensors } from "../engine/batch.ts";
import type { Loss } from "../losses/loss.ts";
import { presetOptions } from "../losses/presets.ts";
import { isTensor, optionFields, tensorFields } from "../losses/schemas.ts";
import { type Fault, faultsMax, Problem } from "../problems.ts";
import { JsonReader } from "./json_reader.ts";
import { TensorReader } from "./json_tensor.ts";
import { quoted, show } from "./words.ts";

/** How a JSON body asks for its reply. */
export type Nonfinite = "string" | "null" | "error";

export interface JsonRequest {
  readonly batch: Batch;
  readonly nonfinite: Nonfinite;
}

/**
 * Reads a v1 body. Throws a Problem: invalid_utf8, invalid_json, too_deep, duplicate_key or too_many_elements if it
 * can't be parsed, else invalid_request with every field that is unknown, of a wrong type or out of its bound.
 */
export function readRequest(loss: Loss, bytes: Uint8Array, elementsMax: number): JsonRequest {
  if (!isUtf8(bytes)) throw new Problem("invalid_utf8", "the body is not valid UTF-8");
  const reader = new JsonReader(bytes);
  if (reader.peek() < 0) throw new Problem("invalid_json", "the body is empty: expected an object at byte 0");
  const tensorReader = new TensorReader(reader, { left: elementsMax, max: elementsMax });
  const tensors: Tensors = {};
  const fields = new Map<string, unknown>();
  const faults: Fault[] = [];
  const takes = tensorFields(loss);
  const options = optionFields(loss);
  if (reader.peek() !== 0x7b) {
    reader.skip();
    reader.end();
    throw Problem.of([{ pointer: "", detail: "the body must be an object" }]);
  }
  reader.object((key) => {
    if (isTensor(key) && takes[key]) tensors[key] = tensorReader.read(key, isBoolean(key), faults);
    else if (Object.hasOwn(options, key)) fields.set(key, reader.value());
    else {
      reader.skip();
      if (fields.size < faultsMax + Object.keys(options).length) fields.set(key, undefined);
    }
  });
  reader.end();
  faults.push(...findFieldFaults(fields, options, Object.keys(takes)));
  if (faults.length > 0) throw Problem.of(faults);
  const batch = completeBatch(loss, tensors, fields, options);
  return { batch, nonfinite: batch.options["nonfinite"] as Nonfinite };
}

/** The batch of checked fields: what they leave out comes from the preset they name, then from the defaults. */
export function completeBatch(
  loss: Loss,
  tensors: Tensors,
  fields: ReadonlyMap<string, unknown>,
  schemas: Readonly<Record<string, TSchema>>,
): Batch {
  const preset = presetOptions(loss, fields.get("preset"), hasDistributions(loss, tensors));
  const chosen = { ...preset, ...Object.fromEntries(fields) };
  const completed = Object.entries(schemas).map(([name, schema]) => [name, chosen[name] ?? defaultOf(schema)]);
  const options = Object.fromEntries(completed) as unknown as Options;
  return { loss, tensors, options, given: new Set(Object.keys(chosen)) };
}

/** Rows whose labels have the rank of the input; what else does not fit together, the engine finds. */
function hasDistributions(loss: Loss, { logits, probabilities, labels, label_logits }: Tensors): boolean {
  return loss.kind === "rowwise" && (labels ?? label_logits)?.shape.length === (logits ?? probabilities)?.shape.length;
}

function isBoolean(name: TensorName): boolean {
  return (booleanTensors as readonly string[]).includes(name);
}

function defaultOf(schema: TSchema): unknown {
  return (schema as { default?: unknown }).default;
}

/** A field's name as a JSON Pointer's step. */
function step(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}

/** What of these fields is unknown or against its schema. `tensors` are names that are known beside the options'. */
export function findFieldFaults(
  fields: ReadonlyMap<string, unknown>,
  options: Record<string, TSchema>,
  tensors: readonly string[],
): Fault[] {
  const faults: Fault[] = [];
  const known = [...tensors, ...Object.keys(options)].join(", ");
  for (const [name, value] of fields) {
    if (faults.length === faultsMax) break;
    const schema = Object.hasOwn(options, name) ? options[name] : undefined;
    if (!schema) {
      // A pointer that is cut would point nowhere: a very long name has none.
      const pointer = name.length > 200 ? "" : `/${step(name)}`;
      faults.push({ pointer, detail: `is no field of this loss: it takes ${known}` });
    } else if (!Value.Check(schema, value)) {
      faults.push({ pointer: `/${name}`, detail: `is ${describe(value)}, but must be ${expected(schema)}` });
    }
  }
  return faults;
}

function describe(value: unknown): string {
  const short = Array.isArray(value) && value.length <= 8 && value.every((item) => typeof item !== "object");
  return short
    ? `[${value.map((item) => (typeof item === "string" ? quoted(item) : show(item))).join(", ")}]`
    : show(value);
}

interface AnySchema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly AnySchema[];
  readonly items?: AnySchema;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
}

/** What a schema allows, in words. */
function expected(schema: AnySchema): string {
  if (schema.anyOf) return schema.anyOf.map(expected).join(" or ");
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" or ");
  if (schema.items) return `a list out of ${expected(schema.items)}`;
  if (schema.type === "boolean") return "true or false";
  const bounds = [
    schema.minimum === undefined ? "" : `at least ${schema.minimum}`,
    schema.exclusiveMinimum === undefined ? "" : `above ${schema.exclusiveMinimum}`,
    schema.maximum === undefined ? "" : `at most ${schema.maximum}`,
  ].filter(Boolean);
  const kind = schema.type === "integer" ? "a whole number" : "a number";
  return bounds.length > 0 ? `${kind}, ${bounds.join(" and ")}` : kind;
}
