import type { TSchema } from "typebox";
import { Value } from "typebox/value";
import type { Batch, Options, Tensors } from "../engine/batch.ts";
import type { Loss } from "../losses/loss.ts";
import { presetOptions } from "../losses/presets.ts";
import { optionFields, tensorFields } from "../losses/schemas/fields.ts";
import { type Fault, faultsMax, show } from "../problems.ts";
import { fieldHint, valueHint } from "./hints.ts";

/** A loss's fields: the schemas are made once, and not for every request. */
interface Fields {
  readonly tensors: ReturnType<typeof tensorFields>;
  readonly options: ReturnType<typeof optionFields>;
}

const known = new Map<Loss, Fields>();

export function fieldsOf(loss: Loss): Fields {
  let fields = known.get(loss);
  if (!fields) {
    fields = { tensors: tensorFields(loss), options: optionFields(loss) };
    known.set(loss, fields);
  }
  return fields;
}

/** The batch of checked fields: what they leave out comes from the preset they name, then from the defaults. */
export function completeBatch(
  loss: Loss,
  tensors: Tensors,
  fields: ReadonlyMap<string, unknown>,
  schemas: Readonly<Record<string, TSchema>>,
): Batch {
  const rank = (tensors.logits ?? tensors.probabilities)?.shape.length ?? 0;
  const preset = presetOptions(loss, fields.get("preset"), hasDistributions(loss, tensors, rank), rank);
  const asked = new Set(fields.keys());
  const given = new Set([...Object.keys(preset), ...asked]);
  const options: Record<string, unknown> = { ...defaultsOf(schemas), ...preset };
  for (const [name, value] of fields) options[name] = value;
  return { loss, tensors, options: options as unknown as Options, given, asked };
}

const defaults = new WeakMap<object, Readonly<Record<string, unknown>>>();

/** The default of each option: found once, and not for every request. */
function defaultsOf(schemas: Readonly<Record<string, TSchema>>): Readonly<Record<string, unknown>> {
  let found = defaults.get(schemas);
  if (!found) {
    found = Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, defaultOf(schema)]));
    defaults.set(schemas, found);
  }
  return found;
}

/** Rows whose labels have the rank of the input; what else does not fit together, the engine finds. */
function hasDistributions(loss: Loss, { labels, label_logits }: Tensors, rank: number): boolean {
  return loss.kind === "rowwise" && (labels ?? label_logits)?.shape.length === rank;
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
  for (const [name, value] of fields) {
    if (faults.length === faultsMax) break;
    const schema = Object.hasOwn(options, name) ? options[name] : undefined;
    if (!schema) {
      // A pointer that is cut would point nowhere: a very long name has none.
      const pointer = name.length > 200 ? "" : `/${step(name)}`;
      const takes = [...tensors, ...Object.keys(options)];
      const hint = fieldHint(name, takes);
      faults.push({
        pointer,
        detail: `is no field of this loss${hint && ` (${hint})`}: it takes ${takes.join(", ")}`,
      });
    } else if (!Value.Check(schema, value)) {
      const hint = valueHint(name, value, wordsOf(schema));
      const detail = `is ${show(value)}, but must be ${expected(schema)}${hint && `: ${hint}`}`;
      faults.push({ pointer: `/${name}`, detail });
    }
  }
  return faults;
}

interface AnySchema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly AnySchema[];
  readonly items?: AnySchema;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly exclusiveMaximum?: number;
}

/** The words that a schema takes. */
function wordsOf(schema: AnySchema): string[] {
  const own = (schema.enum ?? []).filter((value) => typeof value === "string");
  const inner = [...(schema.anyOf ?? []), ...(schema.items ? [schema.items] : [])];
  return [...own, ...inner.flatMap(wordsOf)];
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
    schema.exclusiveMaximum === undefined ? "" : `below ${schema.exclusiveMaximum}`,
  ].filter(Boolean);
  const kind = schema.type === "integer" ? "a whole number" : "a number";
  return bounds.length > 0 ? `${kind}, ${bounds.join(" and ")}` : kind;
}
