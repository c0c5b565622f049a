// Reads the cases that `lossd run` gives on stdin, and prints what `compute` claims for each.
import { readFileSync } from "node:fs";

export function answer(compute) {
  const { cases } = JSON.parse(readFileSync(0, "utf8"));
  const claims = cases.map(({ id, logits, labels }) => ({ case: id, ...compute(logits, labels) }));
  console.log(JSON.stringify({ claims }));
}
