import { numberIn, writeSettings } from "../address.ts";
import { Chart, type Line, legend, type Mark } from "../chart/chart.ts";
import { el } from "../elements.ts";
import { type Real, shown, toNumber } from "../numbers.ts";
import { type Curve, compute, readCurves } from "../service/losses.ts";
import { Turns } from "../service/turns.ts";
import { choice, slider } from "../slider.ts";
import type { View } from "../view.ts";

const compared = [
  { loss: "binary_cross_entropy", name: "cross-entropy" },
  { loss: "mse_sigmoid", name: "squared error" },
] as const;

const range = { from: -6, to: 6, points: 121 };

interface Point {
  readonly loss: Real;
  readonly gradient: Real;
}

/** The first screen: two losses of one prediction, and what each of them teaches. */
export const start: View = {
  title: "See what a loss teaches",
  show(main, settings) {
    let z = numberIn(settings, "z", -2);
    let y = settings.get("y") === "0" ? 0 : 1;
    const losses = new Chart("Loss");
    const gradients = new Chart("Gradient by z");
    const table = el("tbody");
    const curves = new Turns();
    const points = new Turns();
    let drawn: readonly Curve[] = [];
    const point = () =>
      points.run(async (signal) => {
        const now = { z, y };
        const found: Point[] = [];
        for (const { loss } of compared) found.push(await pointOf(loss, now.z, now.y, signal));
        draw(losses, gradients, drawn, found, now.z);
        table.replaceChildren(...compared.map(({ name }, i) => row(name, i, found[i]!)));
      });
    const all = () =>
      curves.run(async (signal) => {
        const names = compared.map(({ loss }) => loss).join(",");
        drawn = await readCurves(names, { ...range, label: y }, signal);
        draw(losses, gradients, drawn, [], z);
        await point();
      });
    const remember = () => writeSettings("", new URLSearchParams({ z: String(z), y: String(y) }));
    const move = slider({
      id: "z",
      label: "z",
      min: -6,
      max: 6,
      step: 0.1,
      value: z,
      hint: "The logit: what the model says before the sigmoid.",
      change: (value) => {
        z = value;
        remember();
        void point();
      },
    });
    const label = choice("label y", ["1", "0"], String(y), (value) => {
      y = Number(value);
      remember();
      void all();
    });
    main.append(screen([losses, gradients], [move.root, label], table), doors());
    move.range.focus({ preventScroll: true });
    void all();
  },
};

function screen(charts: readonly Chart[], controls: readonly HTMLElement[], numbers: HTMLElement): HTMLElement {
  const heads = ["loss function", "loss", "gradient"].map((name) => el("th", { scope: "col" }, name));
  return el(
    "section",
    { class: "hero" },
    el("h1", {}, "Wrong and sure of it: which loss still teaches?"),
    el(
      "p",
      { class: "lead" },
      "Drag z to where the model is surely wrong. Cross-entropy pulls ever harder; squared error lets go.",
    ),
    el("div", { class: "pair" }, ...charts.map(({ root }) => root)),
    el("div", { class: "controls" }, ...controls),
    legend(compared.map(({ name }, i) => [name, i])),
    el("table", { class: "numbers", "aria-live": "polite" }, el("thead", {}, el("tr", {}, ...heads)), numbers),
    el("p", { class: "note" }, "The arrows show which way a step of gradient descent moves z, and how far."),
  );
}

async function pointOf(loss: string, z: number, y: number, signal: AbortSignal): Promise<Point> {
  const reply = await compute(loss, { logits: [z], labels: [y] }, signal);
  return { loss: (reply.losses as Real[])[0]!, gradient: (reply.gradients as Real[])[0]! };
}

function draw(losses: Chart, gradients: Chart, curves: readonly Curve[], points: readonly Point[], z: number): void {
  const lines = (field: "losses" | "gradients"): Line[] =>
    curves.map((curve, colour) => ({
      name: curve.name,
      colour,
      x: curve.logit.map(toNumber),
      y: curve[field].map(toNumber),
    }));
  const marks = (field: keyof Point): Mark[] =>
    points.map((point, colour) => ({
      colour,
      x: z,
      y: toNumber(point[field]),
      ...(field === "loss" && { push: -toNumber(point.gradient) }),
    }));
  const told = (field: keyof Point) =>
    points.map((point, i) => `${compared[i]!.name} ${shown(point[field])}`).join(", ");
  losses.show({
    label: `Losses over z. At z = ${shown(z)}: ${told("loss")}.`,
    xName: "z",
    lines: lines("losses"),
    marks: marks("loss"),
  });
  gradients.show({
    label: `Gradients over z. At z = ${shown(z)}: ${told("gradient")}.`,
    xName: "z",
    lines: lines("gradients"),
    marks: marks("gradient"),
  });
}

function row(name: string, colour: number, point: Point): HTMLElement {
  const number = (value: Real) => el("td", { title: String(value) }, shown(value));
  return el(
    "tr",
    { class: `c${colour}` },
    el("th", { scope: "row" }, name),
    number(point.loss),
    number(point.gradient),
  );
}

function doors(): HTMLElement {
  const door = ([page, title, words]: readonly [string, string, string]) =>
    el("a", { href: `#/${page}` }, el("strong", {}, title), el("span", {}, words));
  return el("section", { class: "doors", "aria-label": "More" }, ...pages.map(door));
}

const pages = [
  ["lessons", "Lessons", "Worked examples, practice and a quiz. You answer first."],
  ["why", "Why not MSE", "Nine pictures that you can move."],
  ["explore", "Explore", "Every loss, every option, over each other."],
  ["compute", "Compute", "Your own logits, from a file or the clipboard."],
  ["check", "Check my gradient", "What is wrong, where, and which mistake it is."],
] as const;
