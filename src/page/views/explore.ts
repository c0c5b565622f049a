import { numberIn, writeSettings } from "../address.ts";
import { Chart, legend } from "../chart/chart.ts";
import { el } from "../elements.ts";
import { clearFaults, field, showFaults } from "../faults.ts";
import { typeset } from "../math.ts";
import { shown } from "../numbers.ts";
import { optionControl, select } from "../options.ts";
import { type Loss, readCatalogue } from "../service/losses.ts";
import { Turns } from "../service/turns.ts";
import { slider } from "../slider.ts";
import type { View } from "../view.ts";
import {
  type Drawn,
  leastOf,
  nameOf,
  type Plotted,
  type Point,
  plot,
  pointAt,
  readPlotted,
  writePlotted,
} from "./explore/curves.ts";
import { labelControl } from "./explore/label.ts";

/** Curves that can lie over each other: as many as there are colours. */
const curvesMax = 8;

export const explore: View = {
  title: "Explore",
  async show(main, settings) {
    const place = new Turns();
    await place.run(async () => {
      const catalogue = await readCatalogue();
      new Explorer(main, catalogue, settings).update();
    });
  },
};

class Explorer {
  readonly #losses = new Chart("Loss");
  readonly #gradients = new Chart("Gradient");
  readonly #controls = el("div", { class: "options" });
  readonly #about = el("div", { class: "about" });
  readonly #rows = el("tbody");
  readonly #legend = el("div");
  readonly #elsewhere = el("div");
  readonly #panel: HTMLElement;
  readonly #curves: Turns;
  readonly #points: Turns;
  #active: Plotted;
  #kept: Plotted[];
  #z: number;
  #drawn: readonly Drawn[] = [];

  constructor(
    main: HTMLElement,
    readonly catalogue: readonly Loss[],
    settings: URLSearchParams,
  ) {
    this.#z = numberIn(settings, "z", -2);
    this.#active = readPlotted(catalogue, settings.get("curve") ?? "focal");
    this.#kept = settings
      .getAll("keep")
      .slice(0, curvesMax - 1)
      .map((text) => readPlotted(catalogue, text));
    const refused = (refusal: Parameters<typeof showFaults>[1]) => showFaults(this.#panel, refusal, this.#elsewhere);
    this.#curves = new Turns(refused);
    this.#points = new Turns(refused);
    this.#panel = this.#makePanel();
    main.append(
      el("h1", {}, "Explore every loss"),
      el("p", { class: "lead" }, "Choose a loss and move what it takes. Keep a curve to lay the next one over it."),
      el("div", { class: "explorer" }, this.#panel, this.#makePictures(), this.#about),
    );
    this.#describe();
  }

  /** Asks for the curves, and then for the numbers at z. */
  update(): void {
    this.#remember();
    void this.#curves.run(async (signal) => {
      const drawn: Drawn[] = [];
      for (const plotted of [this.#active, ...this.#kept]) drawn.push(await plot(plotted, signal));
      clearFaults(this.#panel);
      this.#drawn = drawn;
      this.#legend.replaceChildren(legend(drawn.map(({ plotted }, i) => [nameOf(plotted), i])));
      await this.#updatePoints();
      await this.#typeset();
    });
  }

  #updatePoints(): Promise<void> {
    return this.#points.run(async (signal) => {
      const [z, drawn] = [this.#z, this.#drawn];
      const points: Point[] = [];
      for (const one of drawn) points.push(await pointAt(one, z, signal));
      const lines = (part: "losses" | "gradients") =>
        drawn.map(({ plotted, x, [part]: y }, colour) => ({ name: nameOf(plotted), colour, x, y }));
      const rings = drawn.flatMap(({ curve: { minimum } }, colour) =>
        minimum ? [{ colour, x: Number(minimum.logit), y: Number(minimum.loss), ring: true }] : [],
      );
      const marks = (part: "loss" | "gradient") =>
        points.map((point, colour) => ({ colour, x: z, y: Number(point[part]) }));
      const told = points.map(({ loss }, i) => `${nameOf(drawn[i]!.plotted)} ${shown(loss)}`).join(", ");
      this.#losses.show({
        label: `Losses. At z = ${z}: ${told}.`,
        xName: "z",
        lines: lines("losses"),
        marks: [...rings, ...marks("loss")],
      });
      this.#gradients.show({
        label: "Their gradients by z.",
        xName: "z",
        lines: lines("gradients"),
        marks: marks("gradient"),
      });
      this.#rows.replaceChildren(...points.map((point, i) => this.#row(i, point)));
    });
  }

  #row(i: number, { loss, gradient }: Point): HTMLElement {
    const name = nameOf(this.#drawn[i]!.plotted);
    const drop = () => {
      this.#kept = this.#kept.filter((_, place) => place !== i - 1);
      this.update();
    };
    const button = el("button", { type: "button", "aria-label": `Remove ${name}`, click: drop }, "Remove");
    return el(
      "tr",
      { class: `c${i}` },
      el("th", { scope: "row" }, name),
      el("td", { title: String(loss) }, shown(loss)),
      el("td", { title: String(gradient) }, shown(gradient)),
      el("td", { class: "least" }, leastOf(this.#drawn[i]!)),
      el("td", {}, i === 0 ? "" : button),
    );
  }

  #remember(): void {
    const settings = new URLSearchParams({ curve: writePlotted(this.#active), z: String(this.#z) });
    for (const kept of this.#kept) settings.append("keep", writePlotted(kept));
    writeSettings("explore", settings);
  }

  #makePanel(): HTMLElement {
    const names = this.catalogue.map(({ name }) => name);
    const choose = (name: string) => {
      this.#active = readPlotted(this.catalogue, name);
      this.#describe();
      this.update();
    };
    const label = el("label", { for: "loss" }, "Loss");
    const keep = () => {
      if (this.#kept.length < curvesMax - 1) this.#kept = [this.#active, ...this.#kept];
      this.update();
    };
    return el(
      "form",
      { class: "panel", submit: (event) => event.preventDefault() },
      field("loss", label, select("loss", names, this.#active.loss.name, choose)),
      this.#controls,
      this.#elsewhere,
      el("button", { type: "button", class: "primary", click: keep }, "Keep this curve"),
    );
  }

  #makePictures(): HTMLElement {
    const change = (value: number) => {
      this.#z = value;
      this.#remember();
      void this.#updatePoints();
    };
    const z = slider({ id: "z", label: "z", min: -6, max: 6, step: 0.1, value: this.#z, change });
    const heads = ["curve", "loss", "gradient", "least loss"].map((name) => el("th", { scope: "col" }, name));
    const head = el("thead", {}, el("tr", {}, ...heads, el("td")));
    return el(
      "div",
      { class: "pictures" },
      el("div", { class: "pair" }, this.#losses.root, this.#gradients.root),
      z.root,
      this.#legend,
      el("div", { class: "scroll" }, el("table", { class: "numbers", "aria-live": "polite" }, head, this.#rows)),
    );
  }

  /** The controls and the words of the chosen loss. */
  #describe(): void {
    const { loss, options } = this.#active;
    const set = (change: Partial<Plotted>) => {
      this.#active = { ...this.#active, ...change };
      this.update();
    };
    const controls = Object.entries(loss.options).map(([name, schema]) =>
      optionControl(name, schema, options[name], (value) => {
        const { [name]: _, ...others } = this.#active.options;
        const options = value === undefined || value === schema.default ? others : { ...others, [name]: value };
        if (name !== "label_encoding") return set({ options });
        // Other labels than before are allowed now.
        set({ options, label: "1" });
        this.#describe();
      }),
    );
    this.#controls.replaceChildren(...labelControl(this.#active, set), ...controls);
    const formula = (title: string, { text }: Loss["formula"]) =>
      el("div", { class: "formula" }, el("span", {}, title), el("div", { class: "math" }, text));
    this.#about.replaceChildren(
      el("h2", {}, loss.name.replaceAll("_", " ")),
      el("p", {}, loss.summary),
      formula("Loss", loss.formula),
      formula("Gradient by z", loss.gradient),
      el("ul", { class: "notes" }, ...loss.notes.map((note) => el("li", {}, note))),
    );
  }

  async #typeset(): Promise<void> {
    const { formula, gradient } = this.#active.loss;
    const [first, second] = this.#about.querySelectorAll<HTMLElement>(".math");
    if (first && second) await Promise.all([typeset(first, formula.latex), typeset(second, gradient.latex)]);
  }
}
