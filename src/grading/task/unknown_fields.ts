import { didYouMean, nearest } from "../../losses/hints/nearest.ts";
import type { Loss } from "../../losses/loss.ts";
import { optionFields, tensorFields } from "../../losses/schemas/fields.ts";
import type { Fault } from "../../problems.ts";
import { linearFields } from "./linear.ts";

/**
 * The fields of an object of a task, at this place, that are written almost like one of its `own`: beside those it holds
 * fields of a request, and whoever reads those names the ones that are like nothing here.
 */
export function misspelled(value: object, own: readonly string[], loss: Loss, at: string): Fault[] {
  const known: string[] = [
    ...own,
    ...linearFields,
    ...Object.keys(tensorFields(loss)),
    ...Object.keys(optionFields(loss)),
  ];
  return Object.keys(value)
    .filter((name) => !known.includes(name) && own.includes(nearest(name, known) ?? ""))
    .map((name) => ({
      pointer: `${at}/${name.slice(0, 200)}`,
      detail: `is no field here (${didYouMean(name, known)})`,
    }));
}
