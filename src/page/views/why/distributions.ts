import { Bars } from "../../chart/bars.ts";
import { Chart } from "../../chart/chart.ts";
import { el } from "../../elements.ts";
import { type Real, shown, spread, toNumber } from "../../numbers.ts";
import { compute, type Reply } from "../../service/losses.ts";
import { Turns } from "../../service/turns.ts";
import { slider } from "../../slider.ts";
import type { Scene } from "./scene.ts";

const told = () => el("p", { class: "told", "aria-live": "polite" });

/** Cross-entropy as entropy and KL divergence, for a target that can be dragged. */
export function decomposition(): Scene {
  const bars = new Bars("The model's probabilities, and the target as a line: drag it");
  const parts = new Bars("Cross-entropy = entropy + KL divergence, in nats");
  const words = told();
  const turns = new Turns();
  const logits = [2, 1, 0.1];
  let first = 0.2;
  let second = 0.7;
  const ask = () =>
    void turns.run(async (signal) => {
      const target = [first, second, Math.max(0, Number((1 - first - second).toFixed(3)))];
      const request = { logits: [logits], labels: [target], outputs: ["decomposition", "probabilities"] };
      const { decomposition: found, probabilities } = await compute("cross_entropy", request, signal);
      const shares = (probabilities as number[][])[0]!;
      const told = shares.map((share, i) => `class ${i} ${shown(share)}, target ${shown(target[i]!)}`);
      bars.show(
        `${told.join("; ")}.`,
        shares.map((value, i) => ({ name: `class ${i}`, value, words: shown(value), colour: 0, target: target[i]! })),
      );
      showParts(parts, found!);
      const [all, own, extra] = [found!.cross_entropy[0]!, found!.entropy[0]!, found!.kl_divergence[0]!];
      words.textContent = `${shown(all)} = ${shown(own)} + ${shown(extra)}. Only the KL divergence can be trained away.`;
    });
  const set = (i: number, share: number) => {
    const value = Number(share.toFixed(2));
    if (i === 0) first = Math.min(value, Number((1 - second).toFixed(2)));
    if (i === 1) second = Math.min(value, Number((1 - first).toFixed(2)));
    sliders[0]!.set(first);
    sliders[1]!.set(second);
    ask();
  };
  const sliders = [0, 1].map((i) =>
    slider({
      id: `target-${i}`,
      label: `target of class ${i}`,
      min: 0,
      max: 1,
      step: 0.01,
      value: i === 0 ? first : second,
      change: (value) => set(i, value),
    }),
  );
  bars.onDrag(set);
  return {
    title: "Cross-entropy is entropy plus KL divergence",
    words:
      "The target need not be one class. Its own entropy is a floor that no model gets under. What is above it is the KL divergence, and it is 0 only where the model says exactly the target. The third class gets what the first two leave.",
    parts: [
      el("div", { class: "pair" }, bars.root, parts.root),
      el("div", { class: "controls" }, ...sliders.map(({ root }) => root)),
      words,
    ],
    start: ask,
  };
}

type Decomposition = NonNullable<Reply["decomposition"]>;

/** Nats that a bar of full height is. */
const natsMax = 3;

function showParts(bars: Bars, { cross_entropy, entropy, kl_divergence }: Decomposition): void {
  const bar = (name: string, [nats]: readonly Real[], colour: number) => ({
    name,
    value: toNumber(nats!) / natsMax,
    words: shown(nats!),
    colour,
  });
  bars.show("Cross-entropy and its two parts.", [
    bar("cross-entropy", cross_entropy, 0),
    bar("entropy", entropy, 2),
    bar("KL divergence", kl_divergence, 1),
  ]);
}

/** The expected loss of a forecast is least at the truth. */
export function scoring(): Scene {
  const chart = new Chart("Expected loss of saying p̂ where the truth is p", "flat");
  const words = told();
  const turns = new Turns();
  const forecasts = spread(0.01, 0.99, 99);
  let p = 0.3;
  const ask = () =>
    void turns.run(async (signal) => {
      const now = p;
      const said = [...forecasts, now];
      const request = { probabilities: said, labels: said.map(() => now), outputs: ["losses"], reduction: "none" };
      const losses = ((await compute("binary_cross_entropy", request, signal)).losses as Real[]).map(toNumber);
      const least = losses.pop()!;
      const line = { name: "expected loss", colour: 0, x: forecasts, y: losses };
      const mark = { colour: 1, x: now, y: least, ring: true };
      chart.show({
        label: `The expected loss is least, ${shown(least)}, at ${shown(now)}.`,
        xName: "p̂",
        lines: [line],
        marks: [mark],
        yMax: 3,
      });
      words.textContent = `Least where p̂ = p = ${shown(now)}: ${shown(least)}, the entropy of the truth.`;
    });
  const move = slider({
    id: "scoring-p",
    label: "the truth p",
    min: 0,
    max: 1,
    step: 0.01,
    value: p,
    change: (value) => {
      p = value;
      ask();
    },
  });
  return {
    title: "Honesty pays: a proper scoring rule",
    words:
      "Something happens with probability p, and the model says p̂. On average the loss is least for the model that says the truth. Move p: the lowest point goes with it.",
    parts: [chart.root, move.root, words],
    start: ask,
  };
}

/** A class that is 90 % of the data: what saying so costs, and what being sure costs. */
export function prior(): Scene {
  const chart = new Chart("Mean loss over the data, by what the model always says of the 90 % class", "flat");
  const words = told();
  const turns = new Turns();
  const forecasts = spread(0.5, 1, 101);
  const truth = 0.9;
  let said = 0.9;
  const ask = () =>
    void turns.run(async (signal) => {
      const now = said;
      const all = [...forecasts, now];
      const request = { probabilities: all, labels: all.map(() => truth), outputs: ["losses"], reduction: "none" };
      const losses = (await compute("binary_cross_entropy", request, signal)).losses as Real[];
      const own = losses.at(-1)!;
      const line = { name: "mean loss", colour: 0, x: forecasts, y: losses.slice(0, -1).map(toNumber) };
      const mark = { colour: 1, x: now, y: toNumber(own), ring: true };
      chart.show({
        label: `Saying ${shown(now)} costs ${shown(own)}.`,
        xName: "what the model says",
        lines: [line],
        marks: [mark],
        yMax: 1,
      });
      words.textContent = `Always saying [${shown(now)}, ${shown(Number((1 - now).toFixed(2)))}] costs ${shown(own)} on average.`;
    });
  const move = slider({
    id: "prior-said",
    label: "model says",
    min: 0.5,
    max: 1,
    step: 0.01,
    value: said,
    change: (value) => {
      said = value;
      ask();
    },
  });
  return {
    title: "Ninety to ten, and the price of being sure",
    words:
      "One class is 90 % of the data. A model that always names it is right 90 % of the time. Let it be entirely sure, and the other 10 % cost infinitely much: accuracy does not see that, cross-entropy does.",
    parts: [chart.root, move.root, words],
    start: ask,
  };
}
