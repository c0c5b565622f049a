import { Chart, type Line, legend } from "../../chart/chart.ts";
import { shown, spread, toNumber } from "../../numbers.ts";
import { compute, type Query, readCurve } from "../../service/losses.ts";
import { Turns } from "../../service/turns.ts";
import { choice, slider } from "../../slider.ts";
import type { Scene } from "./scene.ts";

interface Compared {
  readonly loss: string;
  readonly name: string;
  readonly query: Query;
}

type Part = "losses" | "gradients";

/** A chart of one part of some curves over z. */
function curves(title: string, part: Part, compared: readonly Compared[]) {
  const chart = new Chart(title);
  const start = () =>
    new Turns().run(async (signal) => {
      const lines: Line[] = [];
      for (const { loss, name, query } of compared) {
        const curve = await readCurve(loss, { from: -6, to: 6, points: 241, ...query }, signal);
        lines.push({ name, colour: lines.length, x: curve.logit.map(toNumber), y: curve[part].map(toNumber) });
      }
      chart.show({ label: `${title}: ${lines.map(({ name }) => name).join(", ")}`, xName: "z", lines });
    });
  const names = legend(compared.map(({ name }, i) => [name, i]));
  return { parts: [chart.root, names], start: () => void start() };
}

const ofY1 = { label: 1 };
const crossEntropy = { loss: "binary_cross_entropy", name: "cross-entropy", query: ofY1 };
const squaredError = { loss: "mse_sigmoid", name: "squared error of σ(z)", query: ofY1 };

export function saturation(): Scene {
  const chart = new Chart("σ(z), the probability of class 1", "flat");
  const logits = spread(-8, 8, 161);
  const start = () =>
    new Turns().run(async (signal) => {
      const request = { logits, labels: logits.map(() => 1), outputs: ["probabilities"] };
      const { probabilities } = await compute("mse_sigmoid", request, signal);
      const y = (probabilities as number[]).map(Number);
      const lines = [{ name: "σ(z)", colour: 0, x: logits, y }];
      chart.show({ label: "The sigmoid: flat on both sides.", xName: "z", lines });
    });
  return {
    title: "The sigmoid saturates",
    words:
      "A sigmoid turns a logit z into a probability. On both sides it is flat: there z may move far, and the probability hardly notices.",
    parts: [chart.root],
    start: () => void start(),
  };
}

export function gradients(): Scene {
  return {
    title: "One gradient dies where the other grows",
    words:
      "The label is 1, so a negative z is wrong. Squared error multiplies its gradient by the sigmoid's slope, and at z = −6 almost nothing is left. For cross-entropy the slope cancels: the gradient is σ(z) − 1.",
    ...curves("Gradient by z, label 1", "gradients", [crossEntropy, squaredError]),
  };
}

export function stops(): Scene {
  return {
    title: "The hinge stops, cross-entropy never does",
    words:
      "Once the margin is 1 the hinge has no loss and no gradient: the example no longer counts. Cross-entropy always asks for a little more.",
    ...curves("Loss, label 1", "losses", [crossEntropy, { loss: "hinge", name: "hinge", query: ofY1 }]),
  };
}

export function easy(): Scene {
  const gammas = [0, 1, 2, 5];
  const family = gammas.map((gamma) => ({ loss: "focal", name: `γ = ${gamma}`, query: { ...ofY1, gamma } }));
  const { parts, start } = curves("Focal loss, label 1", "losses", family);
  const words = new Turns();
  const told = document.createElement("p");
  told.className = "told";
  told.setAttribute("aria-live", "polite");
  let [gamma, z] = [2, 3];
  const ask = () =>
    void words.run(async (signal) => {
      const request = { logits: [z], labels: [1] };
      const { losses: plain } = await compute("binary_cross_entropy", request, signal);
      const { losses: focal } = await compute("focal", { ...request, gamma }, signal);
      const [all, less] = [(plain as number[])[0]!, (focal as number[])[0]!];
      told.textContent = `At z = ${shown(z)}: cross-entropy ${shown(all)}, focal with γ = ${gamma} ${shown(less)}.`;
    });
  const move = slider({
    id: "easy-z",
    label: "z",
    min: -6,
    max: 6,
    step: 0.1,
    value: z,
    change: (value) => {
      z = value;
      ask();
    },
  });
  const pick = choice("γ", gammas.map(String), "2", (value) => {
    gamma = Number(value);
    ask();
  });
  return {
    title: "γ turns easy examples down",
    words:
      "Focal loss is cross-entropy times (1 − p)^γ for the probability p of the right class. Easy examples, on the right, lose their weight; hard ones keep it. γ = 0 is cross-entropy itself.",
    parts: [...parts, move.root, pick, told],
    start: () => {
      start();
      ask();
    },
  };
}
