import { el } from "./elements.ts";
import { field } from "./faults.ts";
import type { OptionSchema } from "./service/losses.ts";
import { slider } from "./slider.ts";

export type Value = number | string | boolean | readonly number[];
export type Options = Readonly<Record<string, Value>>;
type Change = (value: Value | undefined) => void;

/** A control for an option, made from its schema: a new option of a new loss has one by itself. */
export function optionControl(
  name: string,
  schema: OptionSchema,
  value: Value | undefined,
  change: Change,
): HTMLElement {
  const id = `option-${name}`;
  const label = el("label", { for: id, title: schema.description }, name);
  if (schema.enum) return field(name, label, select(id, schema.enum, String(value ?? schema.default), change));
  if (schema.type === "boolean") {
    const box = el("input", { type: "checkbox", id, checked: Boolean(value ?? schema.default) });
    box.addEventListener("change", () => change(box.checked));
    return field(name, label, box);
  }
  if (!isScalar(schema) || schema.default === undefined || isUnbounded(schema)) {
    return field(name, label, textOf(id, schema, value, change));
  }
  const start = Number(value ?? schema.default);
  return field(
    name,
    slider({ id, label: name, ...sliderBounds(schema), value: start, hint: schema.description ?? "", change }).root,
  );
}

export function select(id: string, values: readonly string[], chosen: string, change: (value: string) => void) {
  const options = values.map((value) => el("option", { value, selected: value === chosen }, value));
  const control = el("select", { id }, ...options);
  control.addEventListener("change", () => change(control.value));
  return control;
}

const isScalar = ({ type }: OptionSchema) => type === "number" || type === "integer";

/** A whole number between no bounds is a name, like ignore_index: nobody slides through those. */
const isUnbounded = ({ type, minimum, exclusiveMinimum }: OptionSchema) =>
  type === "integer" && minimum === undefined && exclusiveMinimum === undefined;

/** What can be left out, or is one number a class: empty is off. */
function textOf(id: string, schema: OptionSchema, value: Value | undefined, change: Change): HTMLElement {
  const isList = schema.type === "array" || schema.anyOf !== undefined;
  const control = el("input", {
    type: "text",
    id,
    inputmode: "decimal",
    autocomplete: "off",
    placeholder: schema.default === undefined ? (isList ? "off, or 1, 2, 3" : "off") : String(schema.default),
    value: value === undefined ? undefined : String(value),
  });
  control.addEventListener("input", () => change(readOption(schema, control.value)));
  return control;
}

/** The option that a text means: of the field, or of the URL. A text that is no number stays one: the service says why. */
export function readOption(schema: OptionSchema, text: string): Value | undefined {
  const words = text.trim();
  if (words === "") return undefined;
  if (schema.enum) return words;
  if (schema.type === "boolean") return words === "true";
  const numbers = words.split(",").map((word) => Number(word));
  if (numbers.some(Number.isNaN)) return words;
  return schema.type === "array" || numbers.length > 1 ? numbers : numbers[0]!;
}

/** Where a slider begins and ends: at the schema's bounds, and where it has none, at what people try. */
export function sliderBounds(schema: OptionSchema): { min: number; max: number; step: number } {
  const { minimum, exclusiveMinimum, maximum, exclusiveMaximum, type, default: standard } = schema;
  const isOpen = exclusiveMinimum !== undefined || (minimum !== undefined && minimum > 0 && minimum < 1e-6);
  const least = isOpen ? 0.05 : (minimum ?? -5);
  const most =
    maximum ?? (exclusiveMaximum === undefined ? Math.max(5, 4 * Number(standard)) : exclusiveMaximum - 0.05);
  const fine = most - least <= 1 ? 0.01 : 0.05;
  return { min: least, max: most, step: type === "integer" ? 1 : fine };
}
