import { el, svg } from "../elements.ts";
import { bounds, type Scale, scale, ticks, tickText } from "./scale.ts";

/** A line of a chart. */
export interface Line {
  readonly name: string;
  /** Which of the eight colours it has. */
  readonly colour: number;
  readonly x: readonly number[];
  /** One a place of `x`: what is not finite is a gap. */
  readonly y: readonly number[];
  /** Whether the area down to the axis has its colour. */
  readonly filled?: boolean;
}

/** A point that stands out. */
export interface Mark {
  readonly colour: number;
  readonly x: number;
  readonly y: number;
  /** An arrow to the right (or, below 0, to the left), this many times 90 pixels long. */
  readonly push?: number;
  readonly ring?: boolean;
}

export interface Picture {
  /** What the chart shows, for those who cannot see it. */
  readonly label: string;
  readonly xName: string;
  readonly lines: readonly Line[];
  readonly marks?: readonly Mark[];
  /** Values that the vertical axis holds in any case. */
  readonly always?: readonly number[];
  readonly yMax?: number;
}

const margin = { left: 44, right: 16, top: 10, bottom: 34 };

/** A plot that is as wide as its place, and drawn anew when that changes. */
export class Chart {
  readonly root: HTMLElement;
  readonly #frame = el("div", { class: "frame" });
  #picture: Picture | undefined;

  constructor(title: string, size: "tall" | "flat" = "tall") {
    this.root = el("figure", { class: `chart ${size}` }, el("figcaption", {}, title), this.#frame);
    new ResizeObserver(() => this.#draw()).observe(this.#frame);
  }

  show(picture: Picture): void {
    this.#picture = picture;
    this.#draw();
  }

  #draw(): void {
    const [width, height] = [this.#frame.clientWidth, this.#frame.clientHeight];
    if (!this.#picture || width < 80) return;
    this.#frame.replaceChildren(drawn(this.#picture, width, height));
  }
}

function drawn(picture: Picture, width: number, height: number): SVGElement {
  const { label, lines, marks = [], always = [0], xName, yMax } = picture;
  const places = lines.flatMap((line) => [line.x[0]!, line.x.at(-1)!]);
  const [least, greatest] = bounds([...lines.flatMap((line) => line.y), ...marks.map((mark) => mark.y)], always);
  const x = scale([Math.min(...places), Math.max(...places)], [margin.left, width - margin.right]);
  const y = scale([least, Math.min(greatest, yMax ?? greatest)], [height - margin.bottom, margin.top]);
  return svg(
    "svg",
    { viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": label },
    ...grid(x, y, width, height),
    svg("text", { class: "name", x: (margin.left + width - margin.right) / 2, y: height - 4 }, xName),
    ...lines.map((line) =>
      svg("path", { class: `line c${line.colour}${line.filled ? " filled" : ""}`, d: path(line, x, y) }),
    ),
    ...marks.map((mark) => drawnMark(mark, x, y)),
  );
}

function grid(x: Scale, y: Scale, width: number, height: number): SVGElement[] {
  const [left, right, top, bottom] = [margin.left, width - margin.right, margin.top, height - margin.bottom];
  const line = (x1: number, y1: number, x2: number, y2: number, kind: string) =>
    svg("line", { class: kind, x1, y1, x2, y2 });
  const kind = (value: number) => (value === 0 ? "zero" : "grid");
  return [
    ...ticks(y.from, y.to, height / 45).flatMap((value) => [
      line(left, y(value), right, y(value), kind(value)),
      svg("text", { class: "tick y", x: left - 7, y: y(value) + 4 }, tickText(value)),
    ]),
    ...ticks(x.from, x.to, width / 60).flatMap((value) => [
      line(x(value), top, x(value), bottom, kind(value)),
      svg("text", { class: "tick x", x: x(value), y: bottom + 15 }, tickText(value)),
    ]),
  ];
}

/** Gaps where there is no number; what is far above the picture is drawn as far as its edge. */
function path({ x: places, y: values }: Line, x: Scale, y: Scale): string {
  let pen = "M";
  return places
    .map((place, i) => {
      const value = values[i]!;
      if (!Number.isFinite(value)) {
        pen = "M";
        return "";
      }
      const step = `${pen}${x(place).toFixed(1)} ${Math.max(-999, y(value)).toFixed(1)}`;
      pen = "L";
      return step;
    })
    .join("");
}

function drawnMark({ colour, x: place, y: value, push = 0, ring }: Mark, x: Scale, y: Scale): SVGElement {
  if (!Number.isFinite(value) || place < x.from || place > x.to) return svg("g");
  const [cx, cy] = [x(place), y(value)];
  const length = Math.sign(push) * Math.min(90, Math.abs(push) * 90);
  const head = Math.sign(push) * Math.min(7, Math.abs(length) / 3);
  const tip = cx + length;
  const arrow =
    Math.abs(length) > 3
      ? `M${cx} ${cy}H${tip}M${tip - head} ${cy - Math.abs(head)}L${tip} ${cy}L${tip - head} ${cy + Math.abs(head)}`
      : "";
  return svg(
    "g",
    { class: `mark c${colour}` },
    svg("path", { class: "push", d: arrow }),
    svg("circle", { cx, cy, r: ring ? 8 : 5.5, class: ring ? "ring" : "dot" }),
  );
}

/** The names of lines beside a piece of each. */
export function legend(names: readonly (readonly [name: string, colour: number])[]): HTMLElement {
  const entry = ([name, colour]: readonly [string, number]) =>
    el(
      "li",
      {},
      svg(
        "svg",
        { width: 26, height: 10, "aria-hidden": "true" },
        svg("path", { class: `line c${colour}`, d: "M1 5H25" }),
      ),
      name,
    );
  return el("ul", { class: "legend" }, ...names.map(entry));
}
