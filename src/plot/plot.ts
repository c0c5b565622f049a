import { type ScaleLinear, scaleLinear } from "d3-scale";
import { line } from "d3-shape";
import { colours, style } from "./style.ts";

/** One line of a plot. */
export interface Series {
  readonly name: string;
  /** One a place of `x`: what is not finite, or beyond 1e300, is a gap. */
  readonly values: readonly number[];
}

export interface Plot {
  readonly title: string;
  /** What stands below the title: it is cut where the picture ends. */
  readonly subtitle: string;
  readonly xName: string;
  readonly yName: string;
  /** Ascending. */
  readonly x: readonly number[];
  /** At most as many as there are colours: two. */
  readonly series: readonly Series[];
}

type Scale = ScaleLinear<number, number>;

const [width, height] = [720, 440];
const frame = { left: 76, right: width - 40, top: 104, bottom: height - 62 };
const legendStep = 150;
const subtitleLengthMax = 100;
/** Beyond this the span of an axis would not be a double. */
const plottableMax = 1e300;

/** Draws a plot as an SVG document of 720 × 440, in the reader's light or dark scheme. */
export function drawPlot(plot: Plot): string {
  const x = scaleLinear(span(plot.x, []), [frame.left, frame.right]);
  const y = scaleLinear(
    span(
      plot.series.flatMap(({ values }) => values.filter(isPlottable)),
      [0],
    ),
    [frame.bottom, frame.top],
  ).nice();
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title subtitle">`,
    `<title id="title">${escaped(plot.title)}</title>`,
    `<desc id="subtitle">${escaped(plot.subtitle)}</desc>`,
    `<style>${style}</style>`,
    `<rect class="paper" width="${width}" height="${height}"/>`,
    text("title", frame.left, 32, plot.title),
    text("subtitle", frame.left, 54, shortened(plot.subtitle)),
    ...plot.series.map(({ name }, i) => legend(i, name)),
    xAxis(x, plot.xName),
    yAxis(y, plot.yName),
    ...zeroLines(x, y),
    ...plot.series.map(({ values }, i) => path(i, x, y, plot.x, values)),
    "</svg>\n",
  ].join("\n");
}

function isPlottable(value: number): boolean {
  return Math.abs(value) <= plottableMax;
}

/** From the least to the greatest; a width of nothing is widened, so that a constant can be drawn. */
function span(values: readonly number[], always: readonly number[]): [number, number] {
  const all = [...always, ...values];
  const [least, greatest] = [Math.min(...all), Math.max(...all)];
  return least < greatest ? [least, greatest] : [least - 1, greatest + 1];
}

function escaped(words: string): string {
  const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
  return words.replace(/[&<>"']/g, (character) => entities[character]!);
}

function shortened(words: string): string {
  return words.length > subtitleLengthMax ? `${words.slice(0, subtitleLengthMax - 1)}…` : words;
}

function text(kind: string, x: number, y: number, words: string, attributes = ""): string {
  return `<text class="${kind}" x="${x}" y="${y}"${attributes}>${escaped(words)}</text>`;
}

function straight(kind: string, x1: number, y1: number, x2: number, y2: number): string {
  return `<line class="${kind}" x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}"/>`;
}

function legend(i: number, name: string): string {
  const [x, y] = [frame.left + i * legendStep, 80];
  return `<g class="${colours[i]}">${straight("line", x, y, x + 28, y)}</g>${text("legend", x + 36, y + 4, name)}`;
}

/** The ticks of an axis with their words; long words leave space for fewer. */
function ticksOf(scale: Scale, wanted: number, lengthMax = Number.POSITIVE_INFINITY): { at: number; words: string }[] {
  const isLong = scale.ticks(wanted).some((value) => scale.tickFormat(wanted, "~g")(value).length > lengthMax);
  const count = isLong ? wanted / 2 : wanted;
  const words = scale.tickFormat(count, "~g");
  return scale.ticks(count).map((value) => ({ at: Number(scale(value).toFixed(2)), words: words(value) }));
}

function xAxis(scale: Scale, name: string): string {
  const ticks = ticksOf(scale, 10, 5).map(
    ({ at, words }) => straight("grid", at, frame.top, at, frame.bottom) + text("x tick", at, frame.bottom + 20, words),
  );
  const middle = (frame.left + frame.right) / 2;
  return `<g>${ticks.join("")}${text("x name", middle, frame.bottom + 46, name)}</g>`;
}

function yAxis(scale: Scale, name: string): string {
  const ticks = ticksOf(scale, 6).map(
    ({ at, words }) =>
      straight("grid", frame.left, at, frame.right, at) + text("y tick", frame.left - 8, at + 4, words),
  );
  const middle = (frame.top + frame.bottom) / 2;
  return `<g>${ticks.join("")}${text("x name", 20, middle, name, ` transform="rotate(-90 20 ${middle})"`)}</g>`;
}

/** Where z or the loss is 0, if that is in the picture. */
function zeroLines(x: Scale, y: Scale): string[] {
  const [left, right] = x.domain() as [number, number];
  const [zeroX, zeroY] = [Number(x(0).toFixed(2)), Number(y(0).toFixed(2))];
  const level = straight("zero", frame.left, zeroY, frame.right, zeroY);
  return left <= 0 && right >= 0 ? [level, straight("zero", zeroX, frame.top, zeroX, frame.bottom)] : [level];
}

function path(i: number, x: Scale, y: Scale, at: readonly number[], values: readonly number[]): string {
  const draw = line<number>((_, place) => x(at[place]!), y).defined(isPlottable);
  const steps = draw(values);
  return steps === null ? "" : `<path class="line ${colours[i]}" d="${steps}"/>`;
}
