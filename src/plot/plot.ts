import { type ScaleLinear, scaleLinear } from "d3-scale";
import { line } from "d3-shape";
import { colours, style } from "./style.ts";

/** A line of a panel: points in the order of their x. What is not finite, or beyond 1e300, is a gap. */
export interface Line {
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Its colour and dashes, by place: those of other panels that belong to it have the same. */
  readonly colour: number;
  /** A point to be seen on it, or the side where it would lie: it is drawn as a dot or an arrow. */
  readonly mark?: readonly [x: number, y: number] | "left" | "right";
}

/** Some lines over the common x, with a y axis of their own. */
export interface Panel {
  readonly name: string;
  /** How much of the height it gets, beside the others. */
  readonly share: number;
  readonly lines: readonly Line[];
  /** What stands at the right of its name. */
  readonly remark?: string;
}

export interface Plot {
  readonly title: string;
  /** What stands below the title: it is cut where the picture ends. */
  readonly subtitle: string;
  readonly xName: string;
  /** The names of the lines in the order of their colours, at most eight; none if the panels say it. */
  readonly legend: readonly string[];
  /** From top to bottom. */
  readonly panels: readonly Panel[];
}

type Scale = ScaleLinear<number, number>;
interface Frame {
  readonly top: number;
  readonly bottom: number;
}

const width = 720;
const [left, right] = [76, width - 40];
const [legendTop, legendLine] = [80, 22];
const panelsHeight = 400;
const panelHead = 30;
const letterWidth = 7.4;
const subtitleLengthMax = 100;
/** Beyond this the span of an axis would not be a double. */
const plottableMax = 1e300;

/** Draws a plot as an SVG document, 720 wide, in the reader's light or dark scheme. */
export function drawPlot(plot: Plot): string {
  const columns = columnsOf(plot.legend);
  const legendHeight = Math.ceil(plot.legend.length / columns) * legendLine;
  const top = legendTop - 14 + legendHeight;
  const height = top + panelsHeight + 54;
  const x = scaleLinear(span(plot.panels.flatMap(({ lines }) => lines.flatMap(({ points }) => points.map(first)))), [
    left,
    right,
  ]);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title subtitle">`,
    `<title id="title">${escaped(plot.title)}</title>`,
    `<desc id="subtitle">${escaped(plot.subtitle)}</desc>`,
    `<style>${style}</style>`,
    `<rect class="paper" width="${width}" height="${height}"/>`,
    text("title", left, 32, plot.title),
    text("subtitle", left, 54, shortened(plot.subtitle)),
    ...plot.legend.map((name, i) => legend(i, name, columns)),
    ...framesOf(plot.panels, top).map((frame, i) => drawPanel(plot.panels[i]!, x, frame, i === plot.panels.length - 1)),
    text("x name", (left + right) / 2, height - 16, plot.xName),
    "</svg>\n",
  ].join("\n");
}

const first = ([x]: readonly [number, number]) => x;
const second = ([, y]: readonly [number, number]) => y;

function framesOf(panels: readonly Panel[], top: number): Frame[] {
  const shares = panels.reduce((sum, { share }) => sum + share, 0);
  let at = top;
  return panels.map(({ share }) => {
    const frame = { top: at + panelHead, bottom: at + (panelsHeight * share) / shares };
    at = frame.bottom;
    return frame;
  });
}

function drawPanel({ name, remark, lines }: Panel, x: Scale, frame: Frame, isLast: boolean): string {
  const heights = lines.flatMap(({ points }) => points.map(second)).filter(isPlottable);
  const y = scaleLinear(span([0, ...heights]), [frame.bottom, frame.top]).nice();
  return [
    "<g>",
    text("name", left, frame.top - 10, name),
    remark === undefined ? "" : text("y remark", right, frame.top - 10, remark),
    xAxis(x, frame, isLast),
    yAxis(y, frame),
    zeroLines(x, y, frame),
    ...lines.map((one) => path(one, x, y)),
    ...lines.map((one) => mark(one, x, y)),
    "</g>",
  ].join("");
}

function isPlottable(value: number): boolean {
  return Math.abs(value) <= plottableMax;
}

/** From the least to the greatest; a width of nothing is widened, so that a constant can be drawn. */
function span(values: readonly number[]): [number, number] {
  const [least, greatest] = [Math.min(...values), Math.max(...values)];
  return least < greatest ? [least, greatest] : [least - 1, greatest + 1];
}

function escaped(words: string): string {
  const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
  return words.replace(/[&<>"']/g, (character) => entities[character]!);
}

function shortened(words: string): string {
  return words.length > subtitleLengthMax ? `${words.slice(0, subtitleLengthMax - 1)}…` : words;
}

function text(kind: string, x: number, y: number, words: string): string {
  return `<text class="${kind}" x="${x}" y="${y}">${escaped(words)}</text>`;
}

function straight(kind: string, x1: number, y1: number, x2: number, y2: number): string {
  return `<line class="${kind}" x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}"/>`;
}

/** As many columns as the longest name leaves space for. */
function columnsOf(names: readonly string[]): number {
  const widest = 60 + letterWidth * Math.max(0, ...names.map(({ length }) => length));
  return Math.max(1, Math.min(names.length, Math.floor((right - left) / widest)));
}

function legend(i: number, name: string, columns: number): string {
  const x = left + (i % columns) * Math.floor((right - left) / columns);
  const y = legendTop + Math.floor(i / columns) * legendLine;
  return `<g class="${colours[i]}">${straight("line", x, y, x + 28, y)}</g>${text("legend", x + 36, y + 4, name)}`;
}

/** A number as people write it: 400 and 0.05, and 5e9 only where the zeros could not be counted. */
export function plain(value: number): string {
  const rounded = Number(value.toPrecision(12));
  const size = Math.abs(rounded);
  const words = size !== 0 && (size >= 1e6 || size < 1e-4) ? rounded.toExponential().replace("e+", "e") : `${rounded}`;
  return words.replaceAll("-", "−");
}

/** The ticks of an axis with their words; long words leave space for fewer. */
function ticksOf(scale: Scale, wanted: number, lengthMax = Number.POSITIVE_INFINITY): { at: number; words: string }[] {
  const isLong = scale.ticks(wanted).some((value) => plain(value).length > lengthMax);
  const count = isLong ? wanted / 2 : wanted;
  return scale.ticks(count).map((value) => ({ at: rounded(scale(value)), words: plain(value) }));
}

const rounded = (place: number) => Number(place.toFixed(2));

/** The panels have the x axis in common: the lowest one has its words. */
function xAxis(scale: Scale, { top, bottom }: Frame, hasWords: boolean): string {
  const ticks = ticksOf(scale, 10, 5).map(
    ({ at, words }) => straight("grid", at, top, at, bottom) + (hasWords ? text("x tick", at, bottom + 18, words) : ""),
  );
  return ticks.join("");
}

function yAxis(scale: Scale, { top, bottom }: Frame): string {
  const ticks = ticksOf(scale, Math.round((bottom - top) / 40)).map(
    ({ at, words }) => straight("grid", left, at, right, at) + text("y tick", left - 8, at + 4, words),
  );
  return ticks.join("");
}

/** Where z or the value is 0, if that is in the picture. */
function zeroLines(x: Scale, y: Scale, { top, bottom }: Frame): string {
  const [least, greatest] = x.domain() as [number, number];
  const [zeroX, zeroY] = [rounded(x(0)), rounded(y(0))];
  const level = straight("zero", left, zeroY, right, zeroY);
  return least <= 0 && greatest >= 0 ? level + straight("zero", zeroX, top, zeroX, bottom) : level;
}

function path({ points, colour }: Line, x: Scale, y: Scale): string {
  const draw = line<readonly [number, number]>(
    (point) => x(point[0]),
    (point) => y(point[1]),
  ) //
    .defined((point) => isPlottable(point[1]));
  const steps = draw([...points]);
  return steps === null ? "" : `<path class="line ${colours[colour]}" d="${steps}"/>`;
}

function mark({ mark: where, points, colour }: Line, x: Scale, y: Scale): string {
  if (where === undefined) return "";
  if (typeof where !== "string") {
    const [cx, cy] = [rounded(x(where[0])), rounded(y(where[1]))];
    return `<circle class="mark ${colours[colour]}" cx="${cx}" cy="${cy}" r="5"/>`;
  }
  const end = where === "left" ? points[0] : points.at(-1);
  if (!end || !isPlottable(end[1])) return "";
  const [tip, way] = [x(end[0]), where === "left" ? -1 : 1];
  const height = rounded(y(end[1]));
  return `<path class="mark ${colours[colour]}" d="M${tip},${height - 6}L${tip + way * 12},${height}L${tip},${height + 6}Z"/>`;
}
