import type { Subgradients } from "../../losses/loss.ts";
import type { Sample } from "../task/sample.ts";

/** The examples that lie at a kink, by their place, with their share in the loss. Every other gradient is unique. */
export function findKinks({ loss, options, examples, rows, weights, denominator }: Sample): Map<number, Subgradients> {
  const found = new Map<number, Subgradients>();
  if (!loss.kink) return found;
  for (let i = 0; i < examples; i++) {
    const scale = weights[i]! / (denominator || 1);
    if (scale === 0) continue;
    const { z, y, classWeight } = rows[i]!;
    const subgradients = loss.kink({ z, y, classWeight, options });
    if (!subgradients) continue;
    const scaled = (values: Float64Array) => values.map((value) => value * scale);
    found.set(i, { ...subgradients, low: scaled(subgradients.low), high: scaled(subgradients.high) });
  }
  return found;
}
