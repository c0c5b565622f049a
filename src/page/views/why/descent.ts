import { Chart, type Line, legend } from "../../chart/chart.ts";
import { el } from "../../elements.ts";
import { shown } from "../../numbers.ts";
import { compute } from "../../service/losses.ts";
import { Turns } from "../../service/turns.ts";
import { slider } from "../../slider.ts";
import type { Scene } from "./scene.ts";

const racers = [
  { loss: "binary_cross_entropy", name: "cross-entropy" },
  { loss: "mse_sigmoid", name: "squared error" },
] as const;

const stepsMax = 60;
/** The race is won where the model gives the right class this probability. */
const goal = 0.9;
const stepMs = 60;

interface Runner {
  z: number;
  readonly probabilities: number[];
  arrived?: number;
}

/** Gradient descent of one logit from a wrong start, by two losses: the service gives each gradient. */
export function descent(): Scene {
  const chart = new Chart("Probability of the right class, step by step");
  const told = el("p", { class: "told", "aria-live": "polite" });
  const race = new Turns();
  let [z, rate] = [-6, 1];
  const run = () =>
    void race.run(async (signal) => {
      const runners = racers.map((): Runner => ({ z, probabilities: [] }));
      const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
      for (let step = 0; step <= stepsMax && !signal.aborted; step++) {
        for (const [i, runner] of runners.entries()) await advance(runner, racers[i]!.loss, step, rate, signal);
        if (isStill && step < stepsMax) continue;
        draw(chart, runners);
        await new Promise((resolve) => setTimeout(resolve, isStill ? 0 : stepMs));
      }
      told.textContent = `${runners.map(wordsOf).join(" ")}`;
    });
  const from = slider({
    id: "descent-z",
    label: "start z",
    min: -8,
    max: 0,
    step: 0.5,
    value: z,
    change: (value) => {
      z = value;
      run();
    },
  });
  const size = slider({
    id: "descent-rate",
    label: "step size",
    min: 0.1,
    max: 5,
    step: 0.1,
    value: rate,
    change: (value) => {
      rate = value;
      run();
    },
  });
  return {
    title: "Descent from a wrong start",
    words: `Both begin sure and wrong, and take the same steps: z minus the step size times the gradient. Who gives the right class a probability of ${goal} first?`,
    parts: [
      chart.root,
      legend(racers.map(({ name }, i) => [name, i])),
      el(
        "div",
        { class: "controls" },
        from.root,
        size.root,
        el("button", { type: "button", class: "primary", click: run }, "Run again"),
      ),
      told,
    ],
    start: run,
  };
}

async function advance(runner: Runner, loss: string, step: number, rate: number, signal: AbortSignal): Promise<void> {
  const request = { logits: [runner.z], labels: [1], outputs: ["gradients", "probabilities"] };
  const { gradients, probabilities } = await compute(loss, request, signal);
  const [probability] = probabilities as number[];
  runner.probabilities.push(probability!);
  if (probability! >= goal) runner.arrived ??= step;
  runner.z -= rate * (gradients as number[])[0]!;
}

function draw(chart: Chart, runners: readonly Runner[]): void {
  const lines: Line[] = runners.map(({ probabilities }, colour) => ({
    name: racers[colour]!.name,
    colour,
    x: [...probabilities.keys()].concat(stepsMax),
    y: [...probabilities, Number.NaN],
  }));
  const marks = runners.map(({ probabilities }, colour) => ({
    colour,
    x: probabilities.length - 1,
    y: probabilities.at(-1)!,
  }));
  chart.show({
    label: "The probability of the right class after each step.",
    xName: "steps",
    lines,
    marks,
    always: [0, 1],
  });
}

function wordsOf({ arrived, probabilities }: Runner, i: number): string {
  const { name } = racers[i]!;
  const start = name[0]!.toUpperCase() + name.slice(1);
  if (arrived !== undefined) return `${start} is there after ${arrived} steps.`;
  return `${start} is not there after ${stepsMax}: it gives ${shown(probabilities.at(-1)!)}.`;
}
