import type { Fault } from "../../problems.ts";
import type { OwnMistake } from "./schema.ts";

/** What is wrong with a task's own mistakes before its cases are known. */
export function ownFaults(own: readonly OwnMistake[], isKnown: (id: string) => boolean): Fault[] {
  return own.flatMap(({ id, losses, gradients, table }, i): Fault[] => {
    const at = `/task/mistakes/${i}`;
    const hasFormula = losses !== undefined || gradients !== undefined;
    if (isKnown(id)) return [{ pointer: `${at}/id`, detail: `is "${id}", which the catalogue has` }];
    if (own.findIndex((one) => one.id === id) < i) return [{ pointer: `${at}/id`, detail: `is "${id}" again` }];
    if (hasFormula === (table !== undefined)) {
      return [{ pointer: at, detail: "needs either expressions (losses, gradients) or a table" }];
    }
    return [];
  });
}
