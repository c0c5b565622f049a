import type { TSchema } from "typebox";
import { Value } from "typebox/value";
import { didYouMean } from "../../losses/hints/nearest.ts";
import type { Fault } from "../../problems.ts";

/** A submission names its own fields, and a report shows them. */
const pointerMax = 200;

export const quote = (text: string) => JSON.stringify(text.slice(0, 60));

/** What is wrong with a value by its schema: at most ten faults, each with its place. */
export function schemaFaults(schema: TSchema, value: unknown, at: string): Fault[] {
  if (Value.Check(schema, value)) return [];
  return (
    [...Value.Errors(schema, value)]
      // The unknown field itself is named by an error of its own.
      .filter(({ keyword }) => keyword !== "additionalProperties")
      .slice(0, 10)
      .map((error) => ({
        pointer: `${at}${error.instancePath}`.slice(0, pointerMax),
        detail: detailOf(error, value, schema),
      }))
  );
}

type SchemaError = ReturnType<typeof Value.Errors>[number];

function detailOf({ keyword, instancePath, message, params }: SchemaError, value: unknown, schema: TSchema): string {
  if (keyword === "boolean") {
    const hint = didYouMean(instancePath.split("/").at(-1)!, namesBeside(schema, instancePath));
    return `is no field here${hint && ` (${hint})`}`;
  }
  const found: unknown = Value.Pointer.Get(value, instancePath);
  const must = keyword === "enum" ? `must be one of ${params.allowedValues.join(", ")}` : message;
  if (typeof found === "object" && found !== null) return must;
  return `is ${typeof found === "string" ? quote(found) : found}, but ${must}`;
}

/** The fields of the object that holds this place. */
function namesBeside(schema: TSchema, path: string): string[] {
  const parents = path.split("/").slice(1, -1);
  const step = (one: Schema | undefined, part: string) => one?.properties?.[part] ?? one?.items;
  return Object.keys(parents.reduce(step, schema as Schema | undefined)?.properties ?? {});
}

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}
