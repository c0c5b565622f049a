import type { Fault } from "../../problems.ts";
import type { Batch } from "../batch.ts";
import type { Layout } from "../shapes.ts";

/** Why an option changes nothing that is asked for; undefined where it may. A rule is asked only for what the caller wrote. */
const rules: Readonly<Record<string, (batch: Batch, layout: Layout) => string | undefined>> = {
  mean_over({ options }) {
    if (options.reduction === "mean" || options.outputs.includes("decomposition")) return undefined;
    return `divides nothing: reduction is "${options.reduction}", and outputs have no decomposition, whose means it is for`;
  },
  on_empty({ options }) {
    return options.reduction === "mean" ? undefined : `is for a mean, but reduction is "${options.reduction}"`;
  },
  kink({ options }) {
    return options.outputs.includes("gradients") ? undefined : "chooses a gradient, but outputs have no gradients";
  },
  normalize_labels({ options }, { distributions, classes }) {
    // [] is labels of either kind.
    const isIdle = options["normalize_labels"] === true && !distributions && classes > 0;
    return isIdle ? "is for distributions, but labels are class indices" : undefined;
  },
  ignore_index({ loss, options }, { distributions }) {
    const { default: usual }: { default?: unknown } = loss.options.properties["ignore_index"] ?? {};
    const isIdle = distributions && options["ignore_index"] !== usual;
    return isIdle ? "is for class indices, but labels are distributions: mask leaves out examples of them" : undefined;
  },
};

/** Options that the caller wrote and that no requested output can depend on. What a preset fills in is none of them. */
export function findIdleOptions(batch: Batch, layout: Layout): Fault[] {
  if (batch.asked.size === 0) return [];
  return Object.entries(rules).flatMap(([name, why]) => {
    const detail = batch.asked.has(name) ? why(batch, layout) : undefined;
    return detail === undefined ? [] : [{ pointer: `/${name}`, detail }];
  });
}
