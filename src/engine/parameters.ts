import type { Batch } from "./batch.ts";

/** The loss's own options as the kernel's numbers: a word is its place in its enum, an option that is off −1. */
export function parametersOf({ loss, options }: Batch): number[] {
  return loss.parameters.map((name) => {
    const value = options[name];
    if (value === undefined) return -1;
    if (typeof value === "string") {
      const schema: { enum?: readonly unknown[] } = loss.options.properties[name] ?? {};
      return schema.enum?.indexOf(value) ?? -1;
    }
    return Number(value);
  });
}
