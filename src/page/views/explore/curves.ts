import { type Real, shown, toNumber } from "../../numbers.ts";
import { type Options, readOption, type Value } from "../../options.ts";
import { type Curve, compute, type Loss, type Query, readCurve } from "../../service/losses.ts";

/** A curve to draw: a loss with what it is given. What is absent is the service's own choice. */
export interface Plotted {
  readonly loss: Loss;
  readonly label?: string;
  /** Rowwise: the row, of which one logit moves. */
  readonly logits?: string;
  readonly class?: string;
  readonly options: Options;
}

/** A curve as the service gave it. */
export interface Drawn {
  readonly plotted: Plotted;
  readonly curve: Curve;
  readonly x: readonly number[];
  readonly losses: readonly number[];
  readonly gradients: readonly number[];
}

/** Enough that a step looks like one. */
const range = { from: -6, to: 6, points: 401 };

export async function plot(plotted: Plotted, signal?: AbortSignal): Promise<Drawn> {
  const { loss, label, logits, class: moving, options } = plotted;
  const given = Object.entries({ label, logits, class: moving }).filter(
    ([, text]) => text !== undefined && text !== "",
  );
  const query = { ...range, ...Object.fromEntries(given), ...options } as Query;
  const curve = await readCurve(loss.name, query, signal);
  return { plotted, curve, ...upright(curve) };
}

/** The points of a curve, with two more at each kink, so that the gradient jumps there and does not slope. */
function upright({ logit, losses, gradients, jumps }: Curve): Pick<Drawn, "x" | "losses" | "gradients"> {
  const points = logit.map((x, i) => [x, losses[i]!, gradients[i]!].map(toNumber));
  const kinks = jumps.flatMap(({ logit: x, loss, before, after }) => [
    [x, loss, before].map(toNumber),
    [x, loss, after].map(toNumber),
  ]);
  const apart = points.filter(([x]) => kinks.every(([kink]) => kink !== x));
  // Sorting keeps the two of a kink in their order.
  const all = [...apart, ...kinks].sort(([a], [b]) => a! - b!);
  const column = (i: number) => all.map((point) => point[i]!);
  return { x: column(0), losses: column(1), gradients: column(2) };
}

/** Where a curve's loss is least, in words. */
export function leastOf({ curve: { minimum } }: Drawn): string {
  if (!minimum) return "nowhere";
  const where = shown(minimum.logit);
  return `${shown(minimum.loss)} ${/∞/.test(where) ? `as z → ${where}` : `at z = ${where}`}`;
}

/** Loss and gradient where the moving logit is z. */
export async function pointAt({ plotted, curve }: Drawn, z: number, signal?: AbortSignal): Promise<Point> {
  const { loss, options } = plotted;
  const moving = curve.class ?? 0;
  const logits = curve.logits ? [curve.logits.with(moving, z)] : [z];
  const request = { logits, labels: [curve.label], reduction: "none", ...options };
  const { losses, gradients } = await compute(loss.name, request, signal);
  const gradient = (gradients as readonly (Real | readonly Real[])[])[0]!;
  return { loss: (losses as readonly Real[])[0]!, gradient: Array.isArray(gradient) ? gradient[moving] : gradient };
}

export interface Point {
  readonly loss: Real;
  readonly gradient: Real;
}

/** The loss, and what of it is not the default. */
export function nameOf({ loss, label, options }: Plotted): string {
  const parts = Object.entries(options).map(([name, value]) => `${name} ${value}`);
  if (label !== undefined) parts.unshift(`label ${label}`);
  return [loss.name.replaceAll("_", " "), ...parts].join(", ").replaceAll("-", "−");
}

/** `focal;label:1;gamma:0`: a curve in the URL. An unknown loss is the first that there is. */
export function readPlotted(catalogue: readonly Loss[], text: string): Plotted {
  const [name, ...parts] = text.split(";");
  const loss = catalogue.find((one) => one.name === name) ?? catalogue[0]!;
  const given: Record<string, string> = Object.fromEntries(parts.map((part) => part.split(":") as [string, string]));
  const { label, logits, class: moving } = given;
  const options = Object.entries(loss.options).flatMap(([option, schema]): [string, Value][] => {
    const value = readOption(schema, given[option] ?? "");
    return value === undefined ? [] : [[option, value]];
  });
  return {
    loss,
    ...(label !== undefined && { label }),
    ...(logits !== undefined && { logits }),
    ...(moving !== undefined && { class: moving }),
    options: Object.fromEntries(options),
  };
}

export function writePlotted({ loss, label, logits, class: moving, options }: Plotted): string {
  const given = Object.entries({ label, logits, class: moving, ...options }).filter(([, value]) => value !== undefined);
  return [loss.name, ...given.map(([name, value]) => `${name}:${value}`)].join(";");
}
