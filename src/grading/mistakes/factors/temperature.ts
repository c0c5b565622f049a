import { numberOption, type Sample } from "../../task/sample.ts";
import type { Factor, Factors } from "../mistake.ts";
import { all, withOption } from "../multipliers.ts";

type OfTemperature = (temperature: number, scaled: boolean) => Factors | readonly Factors[] | undefined;
const ofTemperature = (factors: OfTemperature) => (sample: Sample) => {
  const temperature = numberOption(sample, "temperature");
  if (Number.isNaN(temperature) || temperature === 1) return undefined;
  return factors(temperature, sample.options["scale_by_temperature_squared"] === true);
};

export const temperatureMistakes: readonly Factor[] = [
  {
    id: "t-squared-missing",
    kind: "factor",
    losses: ["kl_divergence"],
    factor: "1/τ²",
    formula: "L/τ², g/τ²",
    student: "Your numbers match ones without the factor τ² that the task asks for.",
    instructor: "scale_by_temperature_squared is not applied.",
    source: "keras-team/keras-io#869",
    of: ofTemperature((temperature, scaled) => (scaled ? all(1 / (temperature * temperature)) : undefined)),
  },
  {
    id: "t-squared-added",
    kind: "factor",
    losses: ["kl_divergence"],
    factor: "τ²",
    formula: "τ²·L, τ²·g",
    student: "Your numbers match ones with a factor τ² that the task does not ask for.",
    instructor: "Hinton's τ² on a loss that is defined without it.",
    source: "huggingface/transformers#12299",
    of: ofTemperature((temperature, scaled) => (scaled ? undefined : all(temperature * temperature))),
  },
  {
    id: "grad-times-t-for-over-t",
    kind: "factor",
    since: 3,
    losses: withOption("temperature"),
    factor: "τ²",
    formula: "τ·(p − t)",
    student: "Your gradient matches one that is multiplied by the temperature: the chain rule divides by it.",
    instructor: "τ in place of 1/τ in the gradient.",
    source: "Definition of the gradient.",
    of: ofTemperature((temperature) => ({ gradients: temperature * temperature })),
  },
  {
    id: "grad-over-t-twice",
    kind: "factor",
    since: 3,
    losses: withOption("temperature"),
    factor: "1/τ",
    formula: "(p − t)/τ²",
    student: "Your gradient matches one that is divided by the temperature twice.",
    instructor: "1/τ² in place of 1/τ in the gradient.",
    source: "Definition of the gradient.",
    of: ofTemperature((temperature, scaled) => (scaled ? undefined : { gradients: 1 / temperature })),
  },
  {
    id: "temperature-squared-added",
    kind: "factor",
    since: 3,
    losses: withOption("temperature").filter((name) => name !== "kl_divergence"),
    factor: "τ²",
    formula: "τ²·L, τ²·g",
    student: "Your numbers match ones with a factor τ² that the task does not ask for.",
    instructor: "Hinton's τ² on a loss that is defined without it.",
    source: "huggingface/transformers#12299",
    of: ofTemperature((temperature, scaled) => (scaled ? undefined : all(temperature * temperature))),
  },
  {
    id: "t-once",
    kind: "factor",
    losses: ["kl_divergence"],
    factor: "1/τ",
    formula: "τ·L instead of τ²·L",
    student: "Your numbers match a factor τ where the task asks for τ².",
    instructor: "One factor τ is missing.",
    source: "keras-team/keras-io#869",
    of: ofTemperature((temperature, scaled) =>
      scaled ? [all(1 / temperature), { gradients: 1 / temperature }] : undefined,
    ),
  },
  {
    id: "grad-missing-1-over-t",
    kind: "factor",
    losses: withOption("temperature"),
    factor: "τ",
    formula: "τ·g",
    student: "Your gradient matches one without the 1/τ of the chain rule.",
    instructor: "∂(z/τ)/∂z is missing from the gradient.",
    source: "huggingface/transformers#12299",
    of: ofTemperature((temperature) => ({ gradients: temperature })),
  },
];
