import { findPreset } from "../../losses/presets.ts";
import { hasField } from "../../losses/schemas/reply_fields.ts";
import type { Fault } from "../../problems.ts";
import type { Batch } from "../batch.ts";
import type { Layout } from "../shapes.ts";
import { findIdleOptions } from "./idle_options.ts";

/** What options say together. */
export function checkOptions(batch: Batch, layout: Layout): Fault[] {
  const { loss, tensors, options, given } = batch;
  const { classes } = layout;
  const faults = findIdleOptions(batch, layout);
  const { call, rankMax = Number.POSITIVE_INFINITY } = findPreset(loss, options["preset"]) ?? {};
  if (layout.shape.length > rankMax) {
    const detail = `is "${options["preset"]}", whose ${call} takes at most ${rankMax} axes, but ${layout.given} have ${layout.shape.length}`;
    faults.push({ pointer: "/preset", detail });
  }
  if (options.reduction === "mean" && (tensors.sample_weights || tensors.class_weights) && !given.has("mean_over")) {
    const detail =
      'is required when a mean meets sample_weights or class_weights: "count" divides by the number of kept examples, "weights" by the sum of their weights, a number by itself; a preset chooses for you';
    faults.push({ pointer: "/mean_over", detail });
  }
  if (tensors.probabilities && given.has("temperature")) {
    faults.push({ pointer: "/temperature", detail: "goes with logits only: probabilities are taken as they are" });
  }
  for (const name of loss.parameters) {
    const value = options[name];
    // Without rows there is no number of classes to match.
    if (classes === 0 || !Array.isArray(value) || value.length === classes) continue;
    faults.push({ pointer: `/${name}`, detail: `has ${value.length} numbers, but the rows have ${classes} classes` });
  }
  options.outputs.forEach((output, i) => {
    if (hasField(loss, output)) return;
    faults.push({ pointer: `/outputs/${i}`, detail: `is "${output}", which ${loss.name} does not have` });
  });
  return faults;
}
