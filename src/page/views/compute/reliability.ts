import { Chart } from "../../chart/chart.ts";
import type { Reply } from "../../service/losses.ts";

/** With fewer examples the points say nothing. */
const examplesMin = 20;
const bins = 10;

/**
 * How often the model is right where it is so and so sure: on the diagonal if it knows itself. Nothing without
 * probabilities and classes, for few examples, and where some are ignored.
 */
export function reliability({ probabilities, accuracy, ignored_count }: Reply): HTMLElement[] {
  const correct = accuracy?.correct;
  if (!Array.isArray(probabilities) || !Array.isArray(correct) || ignored_count !== 0) return [];
  if (correct.length < examplesMin || Array.isArray(correct[0])) return [];
  const sure = probabilities.map(confidence);
  const points = Array.from({ length: bins }, (_, bin) => {
    const members = sure.flatMap((value, i) => (Math.min(bins - 1, Math.floor(value * bins)) === bin ? [i] : []));
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    return { x: mean(members.map((i) => sure[i]!)), y: mean(members.map((i) => Number(correct[i]))) };
  }).filter(({ x }) => !Number.isNaN(x));
  const chart = new Chart("How sure the model is, and how often it is right", "flat");
  chart.show({
    label: "A reliability diagram: above the diagonal the model is too modest, below it too sure.",
    xName: "probability of the class that it names",
    lines: [
      { name: "as sure as right", colour: 7, x: [0, 1], y: [0, 1] },
      { name: "this model", colour: 0, x: points.map(({ x }) => x), y: points.map(({ y }) => y) },
    ],
    marks: points.map((point) => ({ ...point, colour: 0 })),
    always: [0, 1],
  });
  return [chart.root];
}

/** The probability of the class that the model names. */
function confidence(example: unknown): number {
  if (Array.isArray(example)) return Math.max(...example.map(Number));
  return Math.max(Number(example), 1 - Number(example));
}
