import type { Family } from "../../losses/loss.ts";
import { losses } from "../../losses/registry.ts";
import type { Sample } from "../task/sample.ts";
import type { Factors } from "./mistake.ts";

export const everyLoss = losses.map(({ name }) => name);
export const rowwiseLosses = losses.filter(({ kind }) => kind === "rowwise").map(({ name }) => name);

/** The losses of these families. */
export const ofFamilies = (...families: readonly Family[]) =>
  losses.filter(({ family }) => families.includes(family)).map(({ name }) => name);

/** The losses that have an option of this name. */
export const withOption = (option: string) =>
  losses.filter(({ options }) => Object.hasOwn(options.properties, option)).map(({ name }) => name);

/** The same multiplier on the reduced loss and its gradient; per-example losses stay. */
export const reduced = (factor: number): Factors => ({ loss: factor, gradients: factor });
export const all = (factor: number): Factors => ({ loss: factor, losses: factor, gradients: factor });

/** A factor that only a mean over more than one has. */
export const ofMean =
  <T extends Factors | readonly Factors[]>(factors: (sample: Sample) => T | undefined) =>
  (sample: Sample) =>
    sample.options["reduction"] === "mean" && sample.denominator > 1 ? factors(sample) : undefined;
