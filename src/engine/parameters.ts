import { isPerClass } from "../losses/loss.ts";
import type { Batch } from "./batch.ts";

/**
 * The loss's own options as the kernel's numbers: a word is its place in its enum, an option that is off −1, and an option
 * of one number a class a list, which the kernel gets by its address.
 */
export function parametersOf({ loss, options }: Batch, classes: number): (number | Float64Array)[] {
  return loss.parameters.map((name) => {
    const value = options[name];
    const schema: { enum?: readonly unknown[] } = loss.options.properties[name] ?? {};
    if (value === undefined) return -1;
    if (isPerClass(schema)) return perClass(value, classes);
    if (typeof value === "string") return schema.enum?.indexOf(value) ?? -1;
    return Number(value);
  });
}

/** One number a class, of a list or of one number for all. */
function perClass(value: unknown, classes: number): Float64Array {
  return typeof value === "number" ? new Float64Array(classes).fill(value) : Float64Array.from(value as number[]);
}
