import { el, svg } from "../elements.ts";

/** A bar from 0 up, with words on it; an arrow says where a gradient pushes it. */
export interface Bar {
  readonly name: string;
  readonly value: number;
  readonly words: string;
  readonly colour: number;
  /** Up above 0, down below it: in parts of the height. */
  readonly push?: number;
  /** Drawn as a line across the bar: what it should be. */
  readonly target?: number;
}

const [top, bottom] = [24, 26];

/** Bars of shares of 1. */
export class Bars {
  readonly root: HTMLElement;
  readonly #frame = el("div", { class: "frame" });
  #bars: readonly Bar[] = [];
  #label = "";

  constructor(title: string) {
    this.root = el("figure", { class: "chart flat" }, el("figcaption", {}, title), this.#frame);
    new ResizeObserver(() => this.#draw()).observe(this.#frame);
  }

  show(label: string, bars: readonly Bar[]): void {
    this.#bars = bars;
    this.#label = label;
    this.#draw();
  }

  /** Which bar a pointer is at, and how high, as a share of 1. */
  onDrag(drag: (bar: number, share: number) => void): void {
    const move = (event: PointerEvent) => {
      const { left, top: upper, width, height } = this.#frame.getBoundingClientRect();
      const place = Math.floor(((event.clientX - left) / width) * this.#bars.length);
      const share = 1 - (event.clientY - upper - top) / (height - top - bottom);
      drag(Math.max(0, Math.min(this.#bars.length - 1, place)), Math.max(0, Math.min(1, share)));
    };
    this.#frame.classList.add("draggable");
    this.#frame.addEventListener("pointerdown", (event) => {
      this.#frame.setPointerCapture(event.pointerId);
      move(event);
    });
    this.#frame.addEventListener("pointermove", (event) => event.buttons > 0 && move(event));
  }

  #draw(): void {
    const [width, height] = [this.#frame.clientWidth, this.#frame.clientHeight];
    if (this.#bars.length === 0 || width < 80) return;
    const step = width / this.#bars.length;
    const parts = this.#bars.flatMap((bar, i) => drawn(bar, (i + 0.5) * step, Math.min(90, step * 0.5), height));
    const ground = svg("line", { class: "zero", x1: 0, x2: width, y1: height - bottom, y2: height - bottom });
    this.#frame.replaceChildren(
      svg(
        "svg",
        { viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": this.#label },
        ...parts,
        ground,
      ),
    );
  }
}

function drawn(
  { name, value, words, colour, push = 0, target }: Bar,
  x: number,
  width: number,
  height: number,
): SVGElement[] {
  const room = height - top - bottom;
  const y = (share: number) => height - bottom - Math.min(1, share) * room;
  const [from, to] = [y(value), Math.max(6, Math.min(height - 6, y(value) - push * room * 0.5))];
  const head = Math.sign(from - to) * 6;
  const line = target === undefined ? from : y(target);
  // The words stand above the bar, and above its target where that is in the way.
  const wordsAt = line <= from && line > from - 26 ? line - 8 : from - 7;
  const side = x + width / 2 + 14;
  const arrow =
    Math.abs(from - to) > 3
      ? `M${side} ${from}V${to}M${side - 5} ${to + head}L${side} ${to}L${side + 5} ${to + head}`
      : "";
  return [
    svg("rect", { class: `bar c${colour}`, x: x - width / 2, y: from, width, height: height - bottom - from, rx: 3 }),
    svg("text", { class: "x value", x, y: wordsAt }, words),
    svg("text", { class: "name", x, y: height - 8 }, name),
    svg("path", { class: "push c1", d: arrow }),
    ...(target === undefined
      ? []
      : [svg("path", { class: "target", d: `M${x - width / 2 - 6} ${y(target)}H${x + width / 2 + 6}` })]),
  ];
}
